import { describe, expect, test } from "vitest";
import type { Invariant, Model } from "../../../src/core/model.ts";
import type { Invocation, NodeId, Outcome } from "../../../src/core/operation.ts";
import type { Env, Message, Replica } from "../../../src/core/replica.ts";
import { multiPaxosInvariants } from "../../../src/models/multi-paxos/invariants.ts";
import { MultiPaxosReplica } from "../../../src/models/multi-paxos/replica.ts";
import { settingsOf as paxosSettings } from "../../../src/models/multi-paxos/settings.ts";
import { raftInvariants } from "../../../src/models/raft/invariants.ts";
import { startReplica } from "../../../src/models/raft/replica.ts";
import { settingsOf as raftSettings } from "../../../src/models/raft/settings.ts";
import { Group, type GroupMessage, inEachGroup, type StartMember } from "../../../src/models/shared/group.ts";
import { apply } from "../../../src/models/shared/key-value.ts";
import { Table } from "./table.ts";
import { explore, type Judge, type Walk, walk } from "./walk.ts";

const STEPS = 400;

interface Log {
  readonly start: StartMember;
  readonly invariants: () => Invariant[];
}

const paxos = (reads: string): Log => ({
  start: (env, makeStore) => new MultiPaxosReplica(env, paxosSettings({ reads }), makeStore),
  invariants: multiPaxosInvariants,
});

const raft = (config: Record<string, string>): Log => ({
  start: (env, makeStore) => startReplica(env, raftSettings(config), makeStore),
  invariants: raftInvariants,
});

const LOGS: Readonly<Record<string, Log>> = {
  "Multi-Paxos, reads by log": paxos("log"),
  "Multi-Paxos, reads by lease": paxos("lease"),
  "Raft, reads by log": raft({ reads: "log" }),
  "Raft, reads by read-index, with snapshots": raft({ reads: "read-index", compaction: "snapshots" }),
};

/** The first three nodes keep the list `a`, and the last three the list `b`. */
const groupsOf = (env: Env, { start }: Log, sameName: boolean): Map<string, Group> =>
  new Map(
    (["a", "b"] as const).flatMap((key): [string, Group][] => {
      const members = key === "a" ? env.nodes.slice(0, 3) : env.nodes.slice(-3);
      if (!members.includes(env.id)) return [];
      return [[key, new Group(env, { name: sameName ? "a" : key, members, start, machine: apply })]];
    }),
  );

class Node implements Replica {
  readonly #env: Env;
  readonly #groups: ReadonlyMap<string, Group>;

  constructor(env: Env, log: Log, sameName: boolean) {
    this.#env = env;
    this.#groups = groupsOf(env, log, sameName);
  }

  onMessage(from: NodeId, message: Message): void {
    const { group } = message as GroupMessage;
    this.#named(group)?.onMessage(from, message as GroupMessage);
  }

  onTimer(name: string): void {
    this.#named(name.slice(0, name.indexOf("/")))?.onTimer(name);
  }

  onRequest({ id, client, op }: Parameters<Replica["onRequest"]>[0]): void {
    const group = this.#groups.get(op.key ?? "");
    if (group === undefined) this.#env.reply({ id, client }, { outcome: REFUSED });
    else if (op.final) {
      const copy = { contents: [...group.contents], leads: group.leads };
      this.#env.reply({ id, client }, { outcome: { type: "ok", value: copy } });
    } else group.propose(op, (outcome, leader) => this.#env.reply({ id, client }, { outcome, context: { leader } }));
  }

  #named(name: string): Group | undefined {
    return [...this.#groups.values()].find((group) => group.name === name);
  }
}

const REFUSED: Outcome = { type: "fail", error: { name: "temporarily-unavailable", text: "no member" } };

const clusterOf = (log: Log, sameName = false): Model => ({
  name: "two-groups",
  title: "",
  source: "",
  workloads: ["append"],
  options: {},
  bugs: {},
  start: (env) => new Node(env, log, sameName),
  client: () => {
    throw new Error("there are no clients");
  },
  holds: () => [],
  breaks: () => [],
  invariants: () => inEachGroup(log.invariants),
});

/** Two lists: a read shows all that was acknowledged before it was asked for, nothing twice, nothing that failed, nothing of the other. */
class Lists implements Judge {
  readonly #keyOf = new Map<number, string>();
  readonly #acknowledged: number[] = [];
  readonly #failed = new Set<number>();
  /** For each read under way, how much was acknowledged before. */
  readonly #before = new Map<number, number>();
  /** How often an acknowledged append was looked for. */
  tests = 0;

  /** Mostly asks whoever was the last to lead. */
  ask({ random, traced }: Table): ReturnType<Judge["ask"]> {
    const key = random.pick(["a", "b"]);
    const leader = traced.findLast(({ event, detail }) => event === "leader" && detail.group === key)?.node;
    const whom = leader !== undefined && random.chance(0.8) ? { node: leader } : {};
    if (random.chance(0.4)) return { op: { f: "read", key, input: null }, ...whom };
    const input = this.#keyOf.size + 1;
    this.#keyOf.set(input, key);
    return { op: { f: "append", key, input }, ...whom };
  }

  asked(id: number): void {
    this.#before.set(id, this.#acknowledged.length);
  }

  answered(id: number, { f, key, input }: Invocation, outcome: Outcome): string | undefined {
    if (f === "append") {
      if (outcome.type === "ok") this.#acknowledged.push(input as number);
      if (outcome.type === "fail") this.#failed.add(input as number);
      return undefined;
    }
    if (outcome.type !== "ok") return undefined;
    const shown = (outcome.value ?? []) as readonly number[];
    const due = this.#acknowledged.slice(0, this.#before.get(id)).filter((one) => this.#keyOf.get(one) === key);
    this.tests += due.length;
    const wrong = [
      ...due.filter((one) => !shown.includes(one)).map((one) => `misses ${one}`),
      ...shown.filter((one) => this.#failed.has(one)).map((one) => `shows ${one}, which failed`),
      ...shown.filter((one) => this.#keyOf.get(one) !== key).map((one) => `shows ${one} of another group`),
      ...shown.filter((one, i) => shown.indexOf(one) !== i).map((one) => `shows ${one} twice`),
    ];
    return wrong.length > 0 ? `a read of ${key} as ${shown} ${wrong}` : undefined;
  }
}

const walks = (count: number, log: Log, judge: () => Lists, sameName = false): Walk =>
  explore(count, (seed) =>
    walk({ model: clusterOf(log, sameName), nodes: seed % 4 === 0 ? 4 : 3, seed }, STEPS, judge()),
  );

describe("two groups that share nodes, in any order of events", () => {
  test.each(Object.entries(LOGS))("%s: each does its commands once, and tells truly what became of them", (_, log) => {
    const judges: Lists[] = [];
    const make = (): Lists => {
      const judge = new Lists();
      judges.push(judge);
      return judge;
    };
    const { violations, events } = walks(20, log, make);
    expect(violations).toEqual([]);
    expect([...events]).toEqual(expect.arrayContaining(["leader", "follower", "apply"]));
    const tests = judges.reduce((sum, judge) => sum + judge.tests, 0);
    expect(tests).toBeGreaterThan(50);
  });

  test.each(Object.entries(LOGS))("%s: of one name they get in each other's way", (_, log) => {
    expect(walks(200, log, () => new Lists(), true).violations).not.toEqual([]);
  });
});

/** Fires timers and delivers messages, those of group `without` excepted, until somebody leads group `key`. */
function elect(table: Table, key: string, without?: string): NodeId {
  const before = table.traced.length;
  for (let round = 0; round < 50; round++) {
    const next = table.timers().find(({ timer }) => without === undefined || !timer.startsWith(`${without}/`));
    if (next) table.fire(next.node, next.timer);
    table.mail = table.mail.filter(({ message }) => message.group !== without);
    table.settle();
    const since = table.traced.slice(before);
    const leader = since.find(({ event, detail }) => event === "leader" && detail.group === key);
    if (leader) return leader.node;
  }
  throw new Error(`nobody leads ${key}`);
}

describe.each(Object.entries(LOGS))("%s", (_, log) => {
  test("a group goes on where nothing of the other gets through", () => {
    for (const [key, other] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      const table = new Table({ model: clusterOf(log), nodes: 4 });
      const leader = elect(table, key, other);
      const id = table.request(leader, { f: "append", key, input: 1 });
      table.settle();
      expect(table.replies.get(id)?.outcome).toEqual({ type: "ok", value: null });
      expect(table.traced.filter(({ event, detail }) => event === "leader" && detail.group === other)).toEqual([]);
      expect(table.violations).toEqual([]);
    }
  });

  test("who was deposed leads no more once it hears of that", () => {
    const table = new Table({ model: clusterOf(log), nodes: 3 });
    const leads = (node: NodeId): unknown => {
      const id = table.request(node, { f: "read", key: "a", input: null, final: true });
      const outcome = table.replies.get(id)?.outcome;
      return outcome?.type === "ok" && (outcome.value as { readonly leads: boolean }).leads;
    };
    const old = elect(table, "a");
    expect(table.names.filter(leads)).toEqual([old]);
    const others = table.names.filter((name) => name !== old);
    for (let round = 0; round < 60 && !others.some(leads); round++) {
      const next = table.timers().find(({ node }) => node !== old);
      if (next) table.fire(next.node, next.timer);
      table.settle(old);
    }
    expect(table.names.filter(leads).length).toBe(2);
    for (let round = 0; round < 20; round++) {
      const next = table.timers().find(({ node }) => node !== old);
      if (next) table.fire(next.node, next.timer);
      table.settle();
    }
    expect(table.names.filter(leads)).toEqual(others.filter(leads));
  });

  test("who does not lead refuses, and names the leader; a restart keeps what is done, and leads nothing", () => {
    const table = new Table({ model: clusterOf(log), nodes: 4 });
    const leader = elect(table, "a");
    const other = leader === "n1" ? "n2" : "n1";
    const refused = table.request(other, { f: "append", key: "a", input: 1 });
    expect(table.replies.get(refused)).toMatchObject({ outcome: { type: "fail" }, context: { leader } });
    table.request(leader, { f: "append", key: "a", input: 2 });
    table.settle();

    const copyOf = (node: NodeId): unknown => {
      const id = table.request(node, { f: "read", key: "a", input: null, final: true });
      return table.replies.get(id)?.outcome;
    };
    expect(copyOf(leader)).toMatchObject({ value: { contents: [["a", [2]]], leads: true } });
    table.crash(leader);
    expect(copyOf(leader)).toMatchObject({ value: { leads: false } });
    const next = elect(table, "a");
    const read = table.request(next, { f: "read", key: "a", input: null });
    for (let beat = 0; beat < 5 && !table.replies.has(read); beat++) {
      const timer = table.timers().find(({ node, timer }) => node === next && timer.startsWith("a/"));
      if (timer) table.fire(timer.node, timer.timer);
      table.settle();
    }
    expect(table.replies.get(read)?.outcome).toEqual({ type: "ok", value: [2] });
  });
});

test("a node's commands have other names in each of its lives, so that none is taken for another", () => {
  const table = new Table({ model: clusterOf(paxos("log")), nodes: 3 });
  const names = new Set<unknown>();
  for (let life = 1; life <= 4; life++) {
    const leader = elect(table, "a");
    const before = table.traced.length;
    table.request(leader, { f: "append", key: "a", input: life });
    const proposals = table.traced.slice(before).filter(({ event }) => event === "propose");
    expect(proposals.length).toBe(1);
    for (const { detail } of proposals) names.add(detail.value);
    table.take();
    for (const name of table.names) table.crash(name);
  }
  expect(names.size).toBe(4);
});

describe("invariants in each group", () => {
  const once: () => Invariant[] = () => {
    let seen = 0;
    return [{ name: "once", source: "", onTrace: () => (++seen > 1 ? "twice" : true) }];
  };

  test("are judged for each group by itself, and only of groups", () => {
    const [invariant] = inEachGroup(once);
    expect(invariant?.onTrace("n1", "leader", { group: "a" })).toBe(true);
    expect(invariant?.onTrace("n1", "leader", { group: "b" })).toBe(true);
    expect(invariant?.onTrace("n1", "leader", {})).toBeUndefined();
    expect(invariant?.onTrace("n2", "leader", { group: "a" })).toBe("group a: twice");
  });
});
