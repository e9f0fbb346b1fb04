import { expect } from "vitest";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Outcome } from "../../../src/core/operation.ts";
import type { Random } from "../../../src/core/random.ts";
import type { Env, Reply } from "../../../src/core/replica.ts";
import type { BugName } from "../../../src/models/isolation/bugs.ts";
import { IsolationReplica } from "../../../src/models/isolation/replica.ts";
import type { Isolation } from "../../../src/models/isolation/settings.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

export type Micro = readonly [f: "r" | "w" | "append", key: string, value: Json];

/** A few transactions in each of a few sessions. */
export interface Plan {
  readonly sessions: readonly (readonly (readonly Micro[])[])[];
  /** The node crashes once, between two steps. */
  readonly crashes: boolean;
}

interface Called {
  readonly process: number;
  readonly input: readonly Micro[];
  readonly call: number;
  ret: number;
  outcome: Outcome;
}

const UNKNOWN: Outcome = { type: "info", error: { name: "timeout" } };

/** Random transactions on two keys; every value is written once a key. */
export function randomPlan(random: Random, write: "w" | "append"): Plan {
  const written = new Map<string, number>();
  const micro = (): Micro => {
    const key = random.pick(["x", "y"]);
    if (random.chance(0.4)) return ["r", key, null];
    const value = (written.get(key) ?? 0) + 1;
    written.set(key, value);
    return [write, key, value];
  };
  const list = <T>(least: number, most: number, make: () => T): T[] =>
    Array.from({ length: least + random.below(most - least + 1) }, make);
  return { sessions: [0, 1, 2].map(() => list(1, 2, () => list(2, 3, micro))), crashes: random.chance(0.25) };
}

/** Runs a plan on a node alone, in an order of steps that is drawn at random; at the end somebody reads all keys. */
export function play(plan: Plan, random: Random, isolation: Isolation, bug?: BugName): History {
  const disk: SimDisk = new SimDisk(false, () => disk.synced());
  const timers = new Set<string>();
  const called: Called[] = [];
  const open = new Map<number, Called>();
  let now = 0;
  const env: Env = {
    id: "n1",
    nodes: ["n1"],
    peers: [],
    wallMs: () => now,
    monoMs: () => now,
    random: () => random.unit(),
    send: () => expect.fail("there is nobody to send to"),
    setTimer: (name) => timers.add(name),
    clearTimer: (name) => timers.delete(name),
    disk,
    reply: ({ id }, { outcome }: Reply) => {
      const op = called[id];
      if (op === undefined || !open.delete(id)) return expect.fail(`nobody waits for an answer to ${id}`);
      op.outcome = outcome;
      op.ret = now;
    },
    trace: () => undefined,
  };
  const boot = (): IsolationReplica => new IsolationReplica(env, { isolation, bug });
  let node = boot();
  const call = (process: number, input: readonly Micro[]): void => {
    const op: Called = { process, input, call: now, ret: Number.POSITIVE_INFINITY, outcome: UNKNOWN };
    const id = called.push(op) - 1;
    open.set(id, op);
    node.onRequest({ id, client: `c${process}`, op: { f: "txn", input }, context: { session: process } });
  };
  const fire = (name: string): void => {
    timers.delete(name);
    node.onTimer(name);
  };

  const left = plan.sessions.map((transactions, process) => ({ process, transactions: [...transactions] }));
  const crashAt = plan.crashes ? 3 + random.below(20) : Number.POSITIVE_INFINITY;
  for (; ; now++) {
    if (now === crashAt) {
      disk.crash(random);
      timers.clear();
      // Who was not answered goes on under another name.
      for (const { process } of open.values()) for (const one of left) if (one.process === process) one.process += 10;
      open.clear();
      node = boot();
    }
    const idle = left.filter(
      ({ process, transactions }) =>
        transactions.length > 0 && ![...open.values()].some((other) => other.process === process),
    );
    if (idle.length === 0 && open.size === 0) break;
    const choices = [
      ...idle.map((session) => () => call(session.process, session.transactions.shift() ?? [])),
      ...[...timers].map((name) => () => fire(name)),
    ];
    random.pick(choices)();
  }
  for (let i = 0; i < 20; i++) for (const name of [...timers]) fire(name);
  call(99, [
    ["r", "x", null],
    ["r", "y", null],
  ]);
  for (; open.size > 0; now++) for (const name of [...timers]) fire(name);
  const ops = called.map((op, index) => ({
    index,
    process: op.process,
    node: "n1",
    f: "txn",
    input: op.input,
    callNs: op.call,
    returnNs: op.ret,
    outcome: op.outcome,
  }));
  return { ops, faults: [], meta: { version: 1 } };
}
