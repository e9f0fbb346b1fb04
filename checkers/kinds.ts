import type { Checker } from "../src/core/checker.ts";
import type { ConsistencyModel } from "../src/core/consistency.ts";
import type { History } from "../src/core/history.ts";
import type { Json } from "../src/core/json.ts";
import type { Operation } from "../src/core/operation.ts";
import type { Spec } from "../src/core/spec.ts";
import { bank } from "./bank/index.ts";
import { causal, causalCc, causalCm } from "./causal/index.ts";
import { causalReverse } from "./causal-reverse/index.ts";
import { convergence } from "./convergence/index.ts";
import { counter } from "./counters/index.ts";
import { CRDT_TYPES, crdt } from "./crdt/index.ts";
import { type DataType, durability } from "./durability/index.ts";
import { type LinearizabilityOptions, linearizability } from "./linearizability/index.ts";
import { fencing, mutualExclusion } from "./locks/index.ts";
import { longFork } from "./long-fork/index.ts";
import { pram } from "./pram/index.ts";
import { totalQueue } from "./queues/index.ts";
import { sequential } from "./sequential/index.ts";
import {
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  type SessionData,
  writesFollowReads,
} from "./sessions/index.ts";
import { set, setFull } from "./sets/index.ts";
import { guardedResource, set as SET, SPECS } from "./specs/index.ts";
import { ofTexts, text, textReadsForwards, textReadsOwnWrites } from "./text/index.ts";
import { transactions } from "./transactions/index.ts";
import { weakIsolation, weakIsolationOfLists } from "./transactions/weak/index.ts";
import { uniqueIds } from "./unique-ids/index.ts";

/** How histories are judged, where there is a choice. */
export type CheckOptions = LinearizabilityOptions;

/** What a history may be about: an object with a sequential specification, transactions, or a workload of its own. */
export interface Kind {
  readonly name: string;
  /** Its functions, with the shape of input and output in words. */
  readonly functions: Readonly<Record<string, string>>;
  /** What is expected of a system unless something else is said. */
  readonly expects: ConsistencyModel;
  checkers(options?: CheckOptions): Checker[];
}

/** All checkers that can say something about an object with this specification. */
export const checkersFor = (spec: Spec, options: CheckOptions = {}): Checker[] => {
  // That no identifier is handed out twice is all there is to them; a search would only find it out more slowly.
  if (spec.name === "unique-ids" && options.algorithm === undefined) return beside(spec);
  // Leases run out, which no sequential specification of a lock knows of.
  if (spec.name === "lock") return beside(spec);
  return [linearizability(spec, options), ...beside(spec)];
};

/** What is judged beside linearizability. */
function beside(spec: Spec): Checker[] {
  switch (spec.name) {
    case "register":
    case "cas-register":
      return [
        sequential(spec),
        ...causalOf("register"),
        // A read of a register shows one write and not which others it saw, so no history of registers can break the others.
        readYourWrites("register"),
        monotonicReads("register"),
        convergence(),
        durability("register"),
      ];
    case "append-list":
      return [sequential(spec), ...causalOf("list"), ...sessionsOf("list"), convergence(), durability("list")];
    case "set":
      return [
        sequential(spec),
        ...causalOf("set"),
        ...sessionsOf("set"),
        set(),
        setFull({ linearizable: true }),
        convergence("set"),
        durability("set"),
      ];
    case "counter":
      return [
        sequential(spec),
        readYourWrites("counter"),
        monotonicReads("counter"),
        counter(),
        crdt("pn-counter"),
        convergence(),
      ];
    case "fifo-queue":
    case "stack":
    case "priority-queue":
    case "bag":
      return [sequential(spec), totalQueue()];
    case "mutex":
    case "fenced-lock":
      return [mutualExclusion(), fencing()];
    case "lock":
      return [mutualExclusion({ leases: true }), fencing(), convergence(), durability("register")];
    case "reentrant-mutex":
      return [mutualExclusion({ reentrant: true })];
    case "bank":
      return [sequential(spec), bank()];
    case "unique-ids":
      return [uniqueIds()];
    default:
      return [sequential(spec)];
  }
}

const causalOf = (data: DataType): Checker[] => [causal(data), causalCm(data), causalCc(data), pram(data)];

const sessionsOf = (data: SessionData): Checker[] => [
  readYourWrites(data),
  monotonicReads(data),
  monotonicWrites(data),
  writesFollowReads(data),
];

/** What the characters that a text shows tell, wherever they stand. */
const seenInTexts = (): Checker[] => [
  ...[linearizability(SET), sequential(SET)].map((checker) => ofTexts(checker, { refutes: true })),
  ...[...causalOf("set"), monotonicWrites("set"), writesFollowReads("set")].map((checker) => ofTexts(checker)),
];

const TXN = "[[f, key, value or null], …], f one of";
const MICRO_READS = { txn: `${TXN} r, w` };

/** Those that are no object with a specification: what is judged is what their own checkers know of. */
const WORKLOADS: readonly Kind[] = [
  {
    name: "list-append",
    functions: { txn: `${TXN} r, append; reads yield lists` },
    expects: "strict-serializable",
    checkers: () => [...transactions("list-append"), ...weakIsolationOfLists],
  },
  {
    name: "rw-register",
    functions: MICRO_READS,
    expects: "strict-serializable",
    checkers: () => [...transactions("rw-register"), ...weakIsolation],
  },
  {
    name: "long-fork",
    functions: { read: "[[r, key, value or null], …]", write: "[[w, key, value]]", ...MICRO_READS },
    expects: "prefix",
    checkers: () => [longFork()],
  },
  {
    name: "causal-reverse",
    functions: { write: "value", read: "yields what is there" },
    expects: "strict-serializable",
    checkers: () => [causalReverse()],
  },
  {
    name: "set-full",
    functions: { add: "element", read: "yields the elements" },
    expects: "durable",
    checkers: () => [setFull()],
  },
  {
    name: "total-queue",
    functions: { enqueue: "value", dequeue: "yields a value", drain: "yields a list" },
    expects: "durable",
    checkers: () => [totalQueue()],
  },
  {
    name: "lock",
    functions: guardedResource.functions,
    expects: "fencing",
    checkers: () => checkersFor(guardedResource),
  },
  {
    name: "text",
    functions: { insert: "a character, or several", delete: "a character", read: "yields the text" },
    expects: "eventual",
    checkers: () => [text(), textReadsOwnWrites(), textReadsForwards(), ...seenInTexts()],
  },
  ...CRDT_TYPES.map(
    (type): Kind => ({
      name: type,
      functions: { read: "yields the state" },
      expects: "eventual",
      checkers: () => [crdt(type), convergence()],
    }),
  ),
];

/** What an object with each specification is expected to be; the others are expected to be linearizable. */
const EXPECTS: Readonly<Record<string, ConsistencyModel>> = {
  bank: "balanced",
  mutex: "mutual-exclusion",
  "reentrant-mutex": "mutual-exclusion",
};

/** By name, in the order in which a history is tried against them. */
export const KINDS: Readonly<Record<string, Kind>> = Object.fromEntries(
  [
    ...Object.values(SPECS).map(
      (spec): Kind => ({
        name: spec.name,
        functions: spec.functions,
        expects: EXPECTS[spec.name] ?? "linearizable",
        checkers: (options) => checkersFor(spec, options),
      }),
    ),
    ...WORKLOADS,
  ].map((kind) => [kind.name, kind]),
);

/** Operations that are looked at to tell what a history is about. */
const LOOKED_AT = 2_000;

/**
 * The first kind that knows all functions of the history and, where it has a specification, can read its values; of
 * transactions the one whose micro-operations they are. `undefined` if there is none.
 */
export function kindOf(history: History): Kind | undefined {
  const functions = [...new Set(history.ops.map(({ f }) => f))];
  const sample = history.ops.slice(0, LOOKED_AT);
  if (sample.length > 0 && sample.every((op) => isMicroOps(askedOf(op)))) {
    if (functions.some((f) => f !== "txn")) return KINDS["long-fork"];
    return KINDS[sample.some((op) => isMicroOps(askedOf(op), "append")) ? "list-append" : "rw-register"];
  }
  return Object.values(KINDS).find(
    (kind) => functions.every((f) => Object.hasOwn(kind.functions, f)) && isReadable(SPECS[kind.name], sample),
  );
}

/** What was asked for; of a read, for which nothing but its function was given, what it yielded. */
const askedOf = ({ input, outcome }: Operation): Json =>
  input === null && outcome.type === "ok" ? outcome.value : input;

/** True for `[["r", "x", null], ["w", "y", 1]]`; if a function is named, one of them must be it. */
const isMicroOps = (input: Json, f?: string): boolean =>
  Array.isArray(input) &&
  input.every((micro) => Array.isArray(micro) && /^(r|w|append)$/.test(String(micro[0]))) &&
  (f === undefined || input.some((micro) => Array.isArray(micro) && micro[0] === f));

function isReadable(spec: Spec | undefined, ops: readonly Operation[]): boolean {
  if (spec === undefined) return true;
  const initial = spec.init();
  try {
    for (const op of ops) if (op.outcome.type !== "fail") spec.step(initial, op, op.outcome);
    return true;
  } catch {
    return false;
  }
}
