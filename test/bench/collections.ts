import { linearizability, SPECS } from "../../checkers/index.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { Random } from "../../src/core/random.ts";

export interface CollectionBench {
  readonly name: string;
  readonly operations: number;
  readonly clients: number;
  readonly checkMs: number;
  readonly verdict: string;
}

/** One copy of an object, and what clients ask of it. */
interface Copy {
  /** The next operation, of so many. */
  next(random: Random, i: number): { readonly f: string; readonly input: Json; readonly key?: string };
  /** Does it, and answers. */
  apply(f: string, input: Json, key: string | undefined): Json;
  /** A function of which an answer can be false, and the false one where there is one. */
  readonly lie: readonly [f: string, wrong: (answer: Json) => Json | undefined];
}

/** How often a history with a violation is wrong: what runs at the same time excuses some of it. */
const LIES = 30;

/** A history in which every operation takes effect at a random instant inside it; clients never pause. */
function generate(operations: number, clients: number, { next, apply, lie }: Copy, violated: boolean): History {
  const random = new Random(1, `${operations} ${clients}`);
  const calls = new Float64Array(operations);
  const effects = new Float64Array(operations);
  const returns = new Float64Array(operations);
  const freeAt = new Array<number>(clients).fill(0);
  const process = new Int32Array(operations);
  for (let i = 0; i < operations; i++) {
    const client = i % clients;
    calls[i] = (freeAt[client] as number) + 1 + random.below(1_000_000);
    effects[i] = (calls[i] as number) + 1 + random.below(100_000_000);
    returns[i] = (effects[i] as number) + 1 + random.below(100_000_000);
    freeAt[client] = returns[i] as number;
    process[i] = client;
  }
  const asked: ReturnType<typeof next>[] = [];
  const answers: Json[] = [];
  const [lieF, wrong] = lie;
  let lies = violated ? LIES : 0;
  const order = Uint32Array.from(effects.keys()).sort((a, b) => (effects[a] as number) - (effects[b] as number));
  for (const [done, i] of order.entries()) {
    const { f, input, key } = next(random, done);
    asked[i] = { f, input, ...(key === undefined ? {} : { key }) };
    answers[i] = apply(f, input, key);
    if (lies === 0 || done < 0.99 * operations || f !== lieF) continue;
    const lied = wrong(answers[i] as Json);
    if (lied === undefined) continue;
    answers[i] = lied;
    lies--;
  }
  const byCall = Uint32Array.from(calls.keys()).sort((a, b) => (calls[a] as number) - (calls[b] as number));
  const ops: Operation[] = [];
  for (const [index, i] of byCall.entries()) {
    const { f, input, key } = asked[i] as ReturnType<typeof next>;
    const outcome = { type: "ok", value: answers[i] as Json } as const;
    const times = { callNs: calls[i] as number, returnNs: returns[i] as number };
    const common = { index, process: process[i] as number, node: "", f, input, ...times, outcome };
    ops.push(key === undefined ? common : { ...common, key });
  }
  return { ops, faults: [], meta: { version: 1 } };
}

/** Takers wait a little, so that mostly there is something: how many values there are goes up and down. */
const adds = (random: Random, done: number): boolean => random.chance(done % 20_000 < 10_000 ? 0.55 : 0.45);

/** Puts another value in a place. */
function exchange(items: number[], at: number, value: Json): number | undefined {
  const old = items[at];
  if (old === undefined || value === null) return undefined;
  items[at] = value as number;
  return old;
}

function queue(): Copy {
  const items: number[] = [];
  let [head, value] = [0, 0];
  return {
    next: (random, done) => (adds(random, done) ? { f: "enqueue", input: ++value } : { f: "dequeue", input: null }),
    apply(f, input) {
      if (f === "enqueue") return items.push(input as number) && null;
      return head < items.length ? (items[head++] as number) : null;
    },
    // The youngest value instead of the oldest, which takes its place.
    lie: ["dequeue", (oldest) => exchange(items, items.length - 1, oldest)],
  };
}

function stack(): Copy {
  const items: number[] = [];
  let value = 0;
  return {
    next: (random, done) => (adds(random, done) ? { f: "push", input: ++value } : { f: "pop", input: null }),
    apply(f, input) {
      if (f === "push") return items.push(input as number) && null;
      return items.pop() ?? null;
    },
    // The value at the bottom instead of the one at the top.
    lie: ["pop", (top) => exchange(items, 0, top)],
  };
}

function priorityQueue(): Copy {
  const heap: number[] = [];
  let value = 0;
  const up = (start: number): void => {
    for (let at = start, parent = (at - 1) >> 1; at > 0 && (heap[parent] as number) > (heap[at] as number); ) {
      [heap[parent], heap[at]] = [heap[at] as number, heap[parent] as number];
      [at, parent] = [parent, (parent - 1) >> 1];
    }
  };
  const pop = (): number | null => {
    const [least] = heap;
    const last = heap.pop();
    if (least === undefined || last === undefined) return null;
    if (heap.length > 0) heap[0] = last;
    for (let at = 0, child = 1; child < heap.length; [at, child] = [child, 2 * child + 1]) {
      if ((heap[child + 1] ?? Infinity) < (heap[child] as number)) child++;
      if ((heap[at] as number) <= (heap[child] as number)) break;
      [heap[at], heap[child]] = [heap[child] as number, heap[at] as number];
    }
    return least;
  };
  return {
    next: (random, done) =>
      adds(random, done) ? { f: "insert", input: (++value * 7_919) % 10_000_019 } : { f: "poll", input: null },
    apply(f, input) {
      if (f === "poll") return pop();
      heap.push(input as number);
      up(heap.length - 1);
      return null;
    },
    // The largest instead of the smallest.
    lie: ["poll", (least) => exchange(heap, heap.indexOf(Math.max(...heap)), least)],
  };
}

/** Elements are kept in a set of their own, which operations on all elements share. */
function set(elements: number): Copy {
  const inside = new Uint8Array(elements);
  return {
    next: (random) => ({ f: ["add", "remove", "contains"][random.below(3)] ?? "add", input: random.below(elements) }),
    apply(f, input) {
      const element = input as number;
      if (f === "contains") return inside[element] === 1;
      inside[element] = f === "add" ? 1 : 0;
      return null;
    },
    lie: ["contains", (answer) => answer !== true],
  };
}

function counter(): Copy {
  let value = 0;
  return {
    next: (random) => (random.chance(0.5) ? { f: "read", input: null } : { f: "add", input: 1 }),
    apply(f) {
      if (f === "read") return value;
      value++;
      return null;
    },
    lie: ["read", (answer) => (answer as number) - 10_000],
  };
}

/** A list is given up after some operations, as in Elle's workloads: it would be read as a whole ever again. */
function lists(opsPerKey: number): Copy {
  const all = new Map<string, Json[]>();
  let value = 0;
  return {
    next(random, done) {
      const key = `k${Math.floor(done / opsPerKey)}`;
      return random.chance(0.5) ? { f: "read", input: null, key } : { f: "append", input: ++value, key };
    },
    apply(f, input, key = "") {
      const list = all.get(key) ?? [];
      all.set(key, list);
      return f === "append" ? list.push(input) && null : [...list];
    },
    lie: ["read", (answer) => ((answer as Json[]).length > 1 ? (answer as Json[]).toReversed() : undefined)],
  };
}

interface Case {
  readonly name: string;
  readonly spec: string;
  readonly make: (operations: number, clients: number, violated: boolean) => History;
}

const from =
  (copy: () => Copy): Case["make"] =>
  (operations, clients, violated) =>
    generate(operations, clients, copy(), violated);

/** Clients queue up for a lock, hold it for a while and queue up again; the violation is a token that was given before. */
function lockHistory(operations: number, clients: number, violated: boolean): History {
  const random = new Random(1, "lock");
  const freeAt = new Array<number>(clients).fill(0);
  const ops: Operation[] = [];
  for (let [turn, nowNs] = [0, 1000]; ops.length < operations; turn++) {
    const client = turn % clients;
    const common = { index: 0, process: client, node: "", input: null };
    const token = violated && turn === Math.floor(0.495 * operations) ? turn - 10 : turn;
    const callNs = (freeAt[client] as number) + 1;
    nowNs += 2 + random.below(1000);
    const returnNs = nowNs + random.below(1000);
    ops.push({ ...common, f: "acquire", callNs, returnNs, outcome: { type: "ok", value: token } });
    const releaseNs = returnNs + 1 + random.below(1000);
    nowNs = releaseNs + random.below(1000);
    const freeNs = nowNs + random.below(1000);
    ops.push({ ...common, f: "release", callNs: releaseNs, returnNs: freeNs, outcome: { type: "ok", value: null } });
    freeAt[client] = freeNs;
  }
  ops.sort((a, b) => a.callNs - b.callNs);
  return { ops: ops.map((op, index) => ({ ...op, index })), faults: [], meta: { version: 1 } };
}

export const CASES: readonly Case[] = [
  { name: "set, 100 elements", spec: "set", make: from(() => set(100)) },
  { name: "FIFO queue", spec: "fifo-queue", make: from(queue) },
  { name: "stack", spec: "stack", make: from(stack) },
  { name: "priority queue", spec: "priority-queue", make: from(priorityQueue) },
  { name: "counter", spec: "counter", make: from(counter) },
  { name: "fenced lock", spec: "fenced-lock", make: lockHistory },
  { name: "append list, 200 operations a key", spec: "append-list", make: from(() => lists(200)) },
];

/** Times the checks of collections, each valid and with a few violations at the end. Best of so many runs. */
export function benchCollections(operations = 1_000_000, clients = 100, times = 3): CollectionBench[] {
  return CASES.flatMap(({ name, spec, make }) =>
    [false, true].map((violated) => {
      const history = make(operations, clients, violated);
      const checker = linearizability(SPECS[spec] as NonNullable<(typeof SPECS)[string]>);
      let [checkMs, verdict] = [Infinity, ""];
      for (let i = 0; i < times; i++) {
        const started = performance.now();
        verdict = String(checker.check(history, DEFAULT_BUDGET).valid);
        checkMs = Math.min(checkMs, performance.now() - started);
      }
      return { name: violated ? `${name}, violated late` : name, operations, clients, checkMs, verdict };
    }),
  );
}
