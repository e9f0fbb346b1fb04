import type { Operation } from "../../src/core/operation.ts";
import { named } from "../shared/history-index.ts";
import { listOf, malformed } from "../shared/object-checker.ts";
import { who } from "../shared/phrases.ts";
import { elementsThatMustBe } from "../shared/set-elements.ts";
import { canonical, show } from "../shared/values.ts";
import { type KeyJudge, reportProblem } from "./key-judge.ts";

export const judgeSet =
  (type: "g-set" | "or-set"): KeyJudge =>
  (key, { anomalies, deadline }) => {
    const history = updatesOf(type, key.ops);
    const copies = key.finals.map((read) => ({ read, holds: new Set(listOf(read.op, read.value).map(canonical)) }));
    const plain = new Set(key.plain.flatMap(({ op, value }) => listOf(op, value).map(canonical)));
    const required = elementsThatMustBe(key.ops);
    const those = (test: (holds: ReadonlySet<string>) => boolean) =>
      copies.filter(({ holds }) => test(holds)).map(({ read }) => read);
    for (const [element, add] of required) {
      deadline.step();
      const wrong = those((holds) => !holds.has(element));
      if (wrong.length === 0) continue;
      const why = `${who(add)}, which was acknowledged, and no remove of ${show(add.input)} was called that can have seen it`;
      // What a read through the system still finds is somewhere.
      const proves = plain.has(element) ? "wrong" : "lost";
      reportProblem(key, { kind: "lost-element", why, wrong, updates: [add], proves }, anomalies);
    }
    for (const [element, remove] of removedForGood(history)) {
      deadline.step();
      const wrong = those((holds) => holds.has(element));
      if (wrong.length === 0) continue;
      const why = `${who(remove)}, which was acknowledged, and its session knew of every add of it: the element has come back`;
      reportProblem(key, { kind: "resurrected-element", why, wrong, updates: [remove], proves: "lost" }, anomalies);
    }
    const unknown = new Set(copies.flatMap(({ holds }) => [...holds].filter((element) => !history.adds.has(element))));
    for (const element of unknown) {
      const why = `nobody ever added ${element} to ${named(key.name)}, or that had failed`;
      const wrong = those((holds) => holds.has(element));
      reportProblem(key, { kind: "unexpected-element", why, wrong, updates: [], proves: "impossible" }, anomalies);
    }
    return history.acknowledged;
  };

interface Updates {
  /** Those that may have happened, by element's canonical text. */
  readonly adds: ReadonlyMap<string, Operation[]>;
  /** Removes that were acknowledged, with the operations of their session. */
  readonly removes: readonly Operation[];
  /** Answered reads and acknowledged adds by session, in its order. */
  readonly sessions: ReadonlyMap<number, readonly Operation[]>;
  readonly acknowledged: number;
}

function updatesOf(type: "g-set" | "or-set", ops: readonly Operation[]): Updates {
  const adds = new Map<string, Operation[]>();
  const removes: Operation[] = [];
  const sessions = new Map<number, Operation[]>();
  let acknowledged = 0;
  for (const op of ops) {
    if (op.outcome.type === "fail" || op.f === "contains") continue;
    if (op.f !== "add" && op.f !== "read" && (op.f !== "remove" || type === "g-set"))
      malformed(op, `a ${type} knows add, ${type === "or-set" ? "remove, " : ""}contains and read, but not ${op.f}`);
    const element = canonical(op.input ?? null);
    if (op.f === "add") {
      const mine = adds.get(element);
      if (mine) mine.push(op);
      else adds.set(element, [op]);
    }
    if (op.outcome.type !== "ok") continue;
    const session = sessions.get(op.process);
    if (session) session.push(op);
    else sessions.set(op.process, [op]);
    if (op.f === "remove") removes.push(op);
    if (op.f !== "read") acknowledged++;
  }
  return { adds, removes, sessions, acknowledged };
}

/**
 * Elements each of whose adds was seen by an acknowledged remove, with the last such remove. A session has seen what it did
 * itself on the same node, and if an element was added only once, that add in every read that showed it there.
 */
function removedForGood({ adds, removes, sessions }: Updates): Map<string, Operation> {
  if (removes.length === 0) return new Map();
  const seen = new Map<string, Set<Operation>>();
  const last = new Map<string, Operation>();
  const removed = new Set(removes.map(({ input }) => canonical(input ?? null)));
  for (const session of sessions.values()) {
    /** By element that is removed at some time, and node: the adds that this session has seen there. */
    const known = new Map<string, Operation[]>();
    const learn = (element: string, node: string, add: Operation): void => {
      const at = `${node} ${element}`;
      const mine = known.get(at);
      if (mine === undefined) known.set(at, [add]);
      else if (!mine.includes(add)) mine.push(add);
    };
    for (const op of session) {
      const element = canonical(op.input ?? null);
      if (op.f === "add" && removed.has(element)) learn(element, op.node, op);
      if (op.f === "read")
        for (const value of listOf(op, op.outcome.type === "ok" ? op.outcome.value : null)) {
          const shown = canonical(value);
          const [only, other] = adds.get(shown) ?? [];
          // What was read before it was added is not that add's.
          if (removed.has(shown) && only !== undefined && other === undefined && only.callNs <= op.returnNs)
            learn(shown, op.node, only);
        }
      if (op.f !== "remove") continue;
      const mine = known.get(`${op.node} ${element}`) ?? [];
      const all = seen.get(element) ?? new Set();
      for (const add of mine) all.add(add);
      seen.set(element, all);
      known.delete(`${op.node} ${element}`);
      if (mine.length > 0) last.set(element, op);
    }
  }
  return new Map([...last].filter(([element]) => seen.get(element)?.size === adds.get(element)?.length));
}
