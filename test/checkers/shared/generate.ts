import fc from "fast-check";
import type { DataType } from "../../../checkers/sessions/index.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, linearizableHistory, mutatedHistory, type Sketch } from "../../support/histories.ts";

/** How large and how wild random histories are. */
export interface Shape {
  readonly type: DataType;
  readonly maxOps: number;
  readonly sessions?: number;
  readonly keys?: number;
}

const KEYS = ["x", "y"];
const number = fc.nat({ max: 9999 });

const draw = fc.record({
  session: number,
  key: number,
  kind: number,
  pick: number,
  more: fc.array(number),
  fate: number,
});
type Draw = typeof draw extends fc.Arbitrary<infer T> ? T : never;

const draws = ({ maxOps }: Shape): fc.Arbitrary<Draw[]> =>
  fc.array(draw, { minLength: Math.ceil((2 * maxOps) / 3), maxLength: maxOps, size: "max" });

/** A function of the data type. A register shows little at a time, so it is read more often. */
const functionOf = (type: DataType, kind: number): string => {
  if (type === "list") return kind % 2 === 0 ? "read" : "append";
  return ["read", "write", "read", "cas", "read", "write", "read"][kind % 7] ?? "read";
};

/** Sessions that go on under a new process number after an unknown outcome. */
class Processes {
  readonly #current: number[];

  constructor(count: number) {
    this.#current = Array.from({ length: count }, (_, session) => session);
  }

  of(session: number): number {
    return this.#current[session % this.#current.length] ?? 0;
  }

  end(session: number): void {
    const slot = session % this.#current.length;
    this.#current[slot] = (this.#current[slot] ?? 0) + this.#current.length;
  }
}

/** Histories in which every read returns whatever it likes, most of the time something that was written. */
export const wildHistory = (shape: Shape): fc.Arbitrary<History> =>
  draws(shape).map((drawn) => {
    const processes = new Processes(shape.sessions ?? 3);
    const keyOf = (key: number): string => KEYS[key % (shape.keys ?? 1)] ?? "x";
    const written = drawn.flatMap(({ key, kind }, i) =>
      functionOf(shape.type, kind) === "read" ? [] : [{ key: keyOf(key), value: i + 1 }],
    );
    const sketches = drawn.map(({ session, key, kind, pick, more, fate }, i): Sketch => {
      const f = functionOf(shape.type, kind);
      const values = written.filter((write) => write.key === keyOf(key)).map(({ value }) => value);
      const value = (at: number): Json => (at % 40 === 39 ? 999 : (values[at % (values.length + 1)] ?? null));
      const base = { p: processes.of(session), f, key: keyOf(key), call: 2 * i };
      const input = f === "read" ? null : f === "cas" ? [value(pick), i + 1] : i + 1;
      const ok = f !== "read" ? null : shape.type === "register" ? value(pick) : wildList(values, pick, more);
      if (fate % 16 === 0) return { ...base, input, ret: 2 * i + 1, fail: "abort" };
      if (fate % 16 > 1) return { ...base, input, ret: 2 * i + 1, ok };
      processes.end(session);
      return { ...base, input };
    });
    return history(sketches);
  });

/** A prefix, now and then with elements missing, turned round, doubled or made up. */
function wildList(values: readonly number[], pick: number, more: readonly number[]): Json {
  const list = values.slice(0, pick % (values.length + 1));
  for (const change of more.slice(0, 2)) {
    const at = change % (list.length + 1);
    if (change % 5 === 0) list.splice(at, 1);
    else if (change % 5 === 1) list.push(...list.splice(at, 1));
    else if (change % 5 === 2) list.splice(at, 0, values[change % (values.length + 1)] ?? 999);
  }
  return list.length === 0 && pick % 2 === 0 ? null : list;
}

/** How the replicas of `replicaHistory` work. */
interface Protocol {
  /** Updates arrive after all that their origin had. */
  readonly causal: boolean;
  /** A session stays at one replica. */
  readonly sticky: boolean;
  /** Updates are ordered by a clock that respects causes, or by one that is anybody's guess. */
  readonly clock: "lamport" | "skewed";
  /** Lists are shown in the order of the clock, or as the updates arrived. */
  readonly order: "clock" | "arrival";
}

interface Update {
  readonly key: string;
  readonly value: number;
  readonly time: number;
  readonly origin: number;
  readonly causes: readonly Update[];
}

const protocols = fc.record<Protocol>({
  causal: fc.boolean(),
  sticky: fc.boolean(),
  clock: fc.constantFrom("lamport", "skewed"),
  order: fc.constantFrom("clock", "clock", "arrival"),
});

/** Histories of an optimistically replicated store: three copies that exchange updates in the background. */
export const replicaHistory = (shape: Shape, protocol: fc.Arbitrary<Protocol> = protocols): fc.Arbitrary<History> =>
  fc.tuple(draws({ ...shape, maxOps: 2 * shape.maxOps }), protocol).map(([drawn, how]) => simulate(shape, drawn, how));

/** The same with a protocol that is causally consistent. */
export const causalHistory = (shape: Shape): fc.Arbitrary<History> =>
  replicaHistory(shape, fc.constant({ causal: true, sticky: true, clock: "lamport", order: "clock" }));

function simulate(shape: Shape, drawn: readonly Draw[], how: Protocol): History {
  const processes = new Processes(shape.sessions ?? 3);
  const replicas: Update[][] = [[], [], []];
  const all: Update[] = [];
  const sketches: Sketch[] = [];
  const deliver = (to: Update[], update: Update): void => {
    if (how.causal) for (const cause of update.causes) if (!to.includes(cause)) to.push(cause);
    if (!to.includes(update)) to.push(update);
  };
  for (const [i, { session, key: drawnKey, kind, pick, fate }] of drawn.entries()) {
    const home = how.sticky ? processes.of(session) : pick;
    const replica = replicas[home % 3] as Update[];
    const update = all[pick % (all.length + 1)];
    if (kind % 3 === 2) {
      if (update) deliver(replicas[session % 3] as Update[], update);
      continue;
    }
    if (sketches.length >= shape.maxOps) break;
    const key = KEYS[drawnKey % (shape.keys ?? 1)] ?? "x";
    const here = replica.filter((known) => known.key === key);
    if (how.order === "clock" || shape.type === "register") here.sort((a, b) => a.time - b.time || a.origin - b.origin);
    const current = here.at(-1)?.value ?? null;
    const f = functionOf(shape.type, pick);
    const base = { p: processes.of(session), f, key, call: 2 * i, node: `n${(home % 3) + 1}` };
    const input: Json = f === "read" ? null : f === "cas" ? [fate % 4 === 0 ? 1 : current, i + 1] : i + 1;
    const fails = fate % 15 === 0 || (f === "cas" && fate % 4 === 0);
    const unknown = fate % 15 === 1;
    if (f !== "read" && !fails && !(unknown && fate % 2 === 0)) {
      const time = how.clock === "skewed" ? pick % 97 : 1 + Math.max(0, ...replica.map((known) => known.time));
      const made: Update = { key, value: i + 1, time, origin: home % 3, causes: [...replica] };
      all.push(made);
      replica.push(made);
    }
    const ok = f !== "read" ? null : shape.type === "register" ? current : here.map(({ value }) => value);
    if (unknown) {
      sketches.push({ ...base, input });
      processes.end(session);
    } else {
      sketches.push({ ...base, input, ret: 2 * i + 1, ...(fails ? { fail: "abort" } : { ok }) });
    }
  }
  return history(sketches);
}

const kindOf = (type: DataType) => (type === "list" ? "append-list" : "cas-register");

/** Histories that are linearizable by construction. */
export const linearizable = (shape: Shape): fc.Arbitrary<History> =>
  linearizableHistory({
    kind: kindOf(shape.type),
    maxOps: shape.maxOps,
    threads: shape.sessions ?? 3,
    keys: shape.keys ?? 1,
  });

/** All kinds together: about half of them break something. */
export const anyHistory = (shape: Shape): fc.Arbitrary<History> =>
  fc.oneof(
    { weight: 12, arbitrary: wildHistory(shape) },
    { weight: 2, arbitrary: replicaHistory(shape) },
    { weight: 1, arbitrary: causalHistory(shape) },
    {
      weight: 1,
      arbitrary: mutatedHistory({
        kind: kindOf(shape.type),
        maxOps: shape.maxOps,
        threads: shape.sessions ?? 3,
        keys: shape.keys ?? 1,
      }),
    },
  );
