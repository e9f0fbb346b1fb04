import type { Json } from "../../../src/core/json.ts";
import type { Random } from "../../../src/core/random.ts";
import type { Sketch } from "../../support/histories.ts";

/** What an operation asks of the one copy, and how it is carried out there: at once. */
interface Step {
  readonly f: string;
  readonly input?: Json;
  /** Throws `Refused` if it cannot be done. */
  readonly effect?: () => void;
  /** What it yields, after its effect. */
  readonly output?: () => Json;
}

class Refused extends Error {}

/** One copy of some object; `next` draws what a process does next. `final` is what a closing read of the copy shows. */
export interface Copy {
  readonly next: (i: number, process: number) => Step;
  readonly final?: () => Json;
}

/**
 * Clients of one copy, each operation being carried out at one instant between its call and its return. Some never learn
 * what came of theirs: it happens late, or never. At the end two nodes are asked for the copy.
 */
export function run(random: Random, copy: Copy): Sketch[] {
  const processes = [0, 1, 2];
  const clocks = [0, 0, 0];
  const planned = Array.from({ length: 4 + random.below(7) }, (_, i) => {
    const thread = random.below(3);
    const p = processes[thread] as number;
    const call = (clocks[thread] as number) + random.below(4);
    const at = call + random.below(4);
    const ret = at + random.below(4);
    clocks[thread] = ret;
    const fate = random.below(12);
    if (fate < 2) processes[thread] = p + 3;
    return { i, p, call, ret, fate, atNs: fate < 2 ? call + random.below(12) : at };
  });
  const done = [...planned]
    .sort((a, b) => a.atNs - b.atNs || a.i - b.i)
    .map(({ i, p, call, ret, fate }): Sketch & { i: number } => {
      const { effect, output, ...asked } = copy.next(i, p);
      if (fate === 1) return { i, p, call, ...asked };
      if (fate === 2) return { i, p, call, ret, ...asked, fail: "abort" };
      try {
        effect?.();
        const ok = output?.() ?? null;
        return fate === 0 ? { i, p, call, ...asked } : { i, p, call, ret, ...asked, ok };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return fate === 0 ? { i, p, call, ...asked } : { i, p, call, ret, ...asked, fail: "precondition-failed" };
      }
    });
  const sketches = done.sort((a, b) => a.i - b.i).map(({ i: _, ...sketch }): Sketch => sketch);
  if (copy.final === undefined) return sketches;
  const end = Math.max(...planned.map(({ ret, atNs }) => Math.max(ret, atNs))) + 1;
  const ok = copy.final();
  return [
    ...sketches,
    ...["n1", "n2"].map(
      (node, i): Sketch => ({ p: 900 + i, f: "read", node, call: end, ret: end + 1, ok, final: true }),
    ),
  ];
}

export function counterCopy(random: Random): Copy {
  let sum = 0;
  const next = (): Step => {
    if (random.chance(0.5)) return { f: "read", output: () => sum };
    const input = random.below(9) - 3;
    const effect = (): void => {
      sum += input;
    };
    return { f: "add", input, effect };
  };
  return { next, final: () => sum };
}

export function setCopy(random: Random): Copy {
  const held = new Set<number>();
  const next = (i: number): Step => {
    if (random.chance(0.5)) return { f: "read", output: () => random.shuffle([...held]) };
    return { f: "add", input: i, effect: () => void held.add(i) };
  };
  return { next, final: () => [...held] };
}

export function removableSetCopy(random: Random): Copy {
  const held = new Set<number>();
  const next = (i: number): Step => {
    const f = random.pick(["add", "remove", "read"]);
    const input = random.below(i + 1);
    if (f === "read") return { f, output: () => [...held] };
    return { f, input, effect: () => void (f === "add" ? held.add(input) : held.delete(input)) };
  };
  return { next, final: () => [...held] };
}

/** With `drains`, clients may also take all that is left at once. */
export function queueCopy(random: Random, drains = true): Copy {
  const held: number[] = [];
  const next = (i: number): Step => {
    if (random.chance(0.45)) return { f: "enqueue", input: i, effect: () => void held.push(i) };
    if (drains && random.chance(0.1)) return { f: "drain", output: () => held.splice(0) };
    return { f: "dequeue", output: () => held.shift() ?? null };
  };
  return { next };
}

export function bankCopy(random: Random): Copy {
  const balances: [number, number, number] = [10, 0, 0];
  const next = (): Step => {
    if (random.chance(0.5)) return { f: "read", output: () => ({ a0: balances[0], a1: balances[1], a2: balances[2] }) };
    const [from, to, amount] = [random.below(3), random.below(3), random.below(5)] as [0, 1, 2];
    const effect = (): void => {
      if (balances[from] < amount) throw new Refused();
      balances[from] -= amount;
      balances[to] += amount;
    };
    return { f: "transfer", input: { from: `a${from}`, to: `a${to}`, amount }, effect };
  };
  return { next };
}

export function lockCopy(random: Random): Copy {
  let holder: number | undefined;
  let token = 0;
  const next = (_: number, process: number): Step => {
    const f = random.pick(["acquire", "release"]);
    const effect = (): void => {
      if (f === "acquire" ? holder !== undefined : holder !== process) throw new Refused();
      holder = f === "acquire" ? process : undefined;
      if (f === "acquire") token++;
    };
    return { f, effect, output: () => (f === "acquire" ? token : null) };
  };
  return { next };
}

export function transactionCopy(random: Random): Copy {
  const held = new Set<number>();
  const next = (i: number): Step => {
    if (random.chance(0.5)) return { f: "txn", input: [["w", i, 1]], effect: () => void held.add(i) };
    const keys = random.shuffle(random.chance(0.5) ? [0, 1, 2, 3] : [4, 5, 6, 7]);
    return {
      f: "txn",
      input: keys.map((key) => ["r", key, null]),
      output: () => keys.map((key) => ["r", key, held.has(key) ? 1 : null]),
    };
  };
  return { next };
}

export function idCopy(): Copy {
  let id = 0;
  return { next: () => ({ f: "generate", output: () => ++id }) };
}

export function textCopy(random: Random): Copy {
  const held: number[] = [];
  const next = (i: number): Step => {
    if (random.chance(0.7))
      return { f: "insert", input: { id: i }, effect: () => void held.splice(random.below(held.length + 1), 0, i) };
    const id = random.below(10);
    const effect = (): void => {
      const at = held.indexOf(id);
      if (at < 0) throw new Refused();
      held.splice(at, 1);
    };
    return { f: "delete", input: { id }, effect };
  };
  return { next, final: () => [...held] };
}

export function registerCopy(random: Random): Copy {
  let held: Json = null;
  const next = (i: number): Step => {
    if (random.chance(0.5)) return { f: "read", output: () => held };
    const effect = (): void => {
      held = i + 1;
    };
    return { f: "write", input: i + 1, effect };
  };
  return { next, final: () => held };
}
