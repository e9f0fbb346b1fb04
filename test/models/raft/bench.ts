import { expect } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Invocation, NodeId } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import type { Env, Message, Replica, Reply } from "../../../src/core/replica.ts";
import type { Configuration } from "../../../src/models/raft/configuration.ts";
import { raft } from "../../../src/models/raft/index.ts";
import type { OPTIONS } from "../../../src/models/raft/settings.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

export interface Letter {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

export interface Traced {
  readonly node: NodeId;
  readonly event: string;
  readonly detail: JsonObject;
}

interface BenchNode {
  replica: Replica;
  up: boolean;
  readonly disk: SimDisk;
  /** When each running timer is due, milliseconds. */
  readonly timers: Map<string, number>;
  syncs: number;
  /** How far the wall clock is off, milliseconds. */
  wallOffsetMs: number;
  /** When this incarnation started: the origin of its monotonic clock, as after a reboot. */
  startedMs: number;
}

/** Values of the model's options, and a bug. */
export type BenchOptions = { readonly [option in keyof typeof OPTIONS]?: string } & { readonly bug?: string };

/**
 * Raft nodes on a workbench: the test delivers each message, fires each timer and moves the clock itself, so that it can
 * make exactly the executions of the paper. All traces go through the invariants.
 */
export class Bench {
  readonly nodes = new Map<NodeId, BenchNode>();
  /** Messages under way, oldest first. */
  mail: Letter[] = [];
  readonly traced: Traced[] = [];
  readonly violations: string[] = [];
  readonly replies = new Map<string, Reply>();
  nowMs = 1_000_000;
  readonly #names: readonly NodeId[];
  readonly #options: BenchOptions;
  readonly #random = new Random(7, "bench");
  readonly #invariants = raft.invariants?.() ?? [];
  readonly #cut = new Set<string>();
  #lastId = 0;

  constructor(count: number, options: BenchOptions = {}) {
    this.#options = options;
    this.#names = Array.from({ length: count }, (_, i) => `n${i + 1}`);
    for (const name of this.#names) {
      const node: BenchNode = {
        disk: new SimDisk(true, () => {
          node.syncs++;
          node.disk.synced();
        }),
        timers: new Map(),
        syncs: 0,
        wallOffsetMs: 0,
        startedMs: 0,
        up: false,
        replica: { onMessage: () => {}, onTimer: () => {}, onRequest: () => {} },
      };
      this.nodes.set(name, node);
      this.restart(name);
    }
  }

  node(name: NodeId): BenchNode {
    const node = this.nodes.get(name);
    if (!node) throw new Error(`no node ${name}`);
    return node;
  }

  /** Kills a node: it loses its memory, its timers and what it did not sync. */
  kill(name: NodeId): void {
    const node = this.node(name);
    node.up = false;
    node.timers.clear();
    node.disk.crash(this.#random);
  }

  restart(name: NodeId): void {
    const node = this.node(name);
    node.up = true;
    node.startedMs = this.nowMs;
    const { bug, ...config } = this.#options;
    node.replica = raft.start(this.#env(name, node), config, bug);
  }

  /** Cuts the given nodes off from all others, in both directions, until `heal`. */
  isolate(...names: NodeId[]): void {
    for (const inside of names)
      for (const outside of this.#names)
        if (!names.includes(outside)) {
          this.cutLink(inside, outside);
          this.cutLink(outside, inside);
        }
  }

  /** Loses what `from` sends to `to`, until `heal`. */
  cutLink(from: NodeId, to: NodeId): void {
    this.#cut.add(`${from}>${to}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  /** Hands one message to its receiver. */
  hand({ from, to, message }: Letter): void {
    const node = this.node(to);
    if (node.up) node.replica.onMessage(from, message);
  }

  /** Delivers all messages, and what they lead to, in the order of sending. Those on cut links are lost. */
  settle(): void {
    for (let letter = this.mail.shift(); letter; letter = this.mail.shift())
      if (!this.#isCut(letter)) this.hand(letter);
  }

  #isCut({ from, to }: Letter): boolean {
    return this.#cut.has(`${from}>${to}`);
  }

  /** Takes the messages under way out of the network, for the test to deliver or lose. */
  take(): Letter[] {
    const taken = this.mail;
    this.mail = [];
    return taken;
  }

  /** Lets time pass until the timer is due, and fires it. Others that were due before do not fire. */
  fire(name: NodeId, timer: string): void {
    const node = this.node(name);
    const dueMs = node.timers.get(timer);
    if (dueMs === undefined) throw new Error(`${name} has no timer ${timer}`);
    node.timers.delete(timer);
    this.nowMs = Math.max(this.nowMs, dueMs);
    node.replica.onTimer(timer);
  }

  /** Lets a node stand for election, without delivering anything. */
  stand(name: NodeId): void {
    const before = this.traced.length;
    const stood = (): boolean => this.traced.slice(before).some((t) => t.node === name && t.event === "candidate");
    for (let i = 0; i < 5 && !stood(); i++) this.fire(name, "election");
    if (!stood()) throw new Error(`${name} does not stand for election`);
  }

  /** Lets a node stand for election and delivers everything; says whether it leads then. */
  elect(name: NodeId): boolean {
    this.stand(name);
    this.settle();
    return this.leads(name);
  }

  /** As `elect`, but loses what the new leader sends at first. */
  electSilently(name: NodeId): boolean {
    this.stand(name);
    while (this.mail.length > 0 && !this.leads(name)) {
      const letter = this.mail.shift();
      if (letter && !this.#isCut(letter)) this.hand(letter);
    }
    this.take();
    return this.leads(name);
  }

  /** Lets one of the nodes, each in turn, stand for election until it leads; gives its name. */
  electAny(...names: NodeId[]): NodeId {
    for (let i = 0; i < 20; i++) {
      const name = names[i % names.length] ?? "";
      if (this.elect(name)) return name;
    }
    throw new Error(`none of ${names} is elected`);
  }

  leads(name: NodeId): boolean {
    const last = this.traced.findLast((t) => t.node === name && ["leader", "follower", "start"].includes(t.event));
    return last?.event === "leader";
  }

  /** Sends a request without delivering messages; returns its id. */
  request(node: NodeId, op: Invocation, client = "c0", seq = ++this.#lastId, seen = 0): number {
    const id = ++this.#lastId;
    this.node(node).replica.onRequest({ id, client, op, context: { seq, seen } });
    return id;
  }

  /** Sends a request, delivers everything, and gives the reply, if there is one. */
  ask(node: NodeId, op: Invocation, client = "c0", seq = ++this.#lastId, seen = 0): Reply | undefined {
    const id = this.request(node, op, client, seq, seen);
    this.settle();
    return this.reply(client, id);
  }

  reply(client: string, id: number): Reply | undefined {
    return this.replies.get(`${client}/${id}`);
  }

  /** One heartbeat of a leader and all that follows from it. */
  beat(leader: NodeId): void {
    this.fire(leader, "heartbeat");
    this.settle();
  }

  /** Terms of a node's log. */
  terms(name: NodeId): number[] {
    return (this.node(name).disk.records("log") as { term: number }[]).map(({ term }) => term);
  }

  /** What a node's own copy holds under a key. */
  copy(name: NodeId, key: string): unknown {
    const id = this.request(name, { f: "read", key, input: null, final: true });
    const outcome = this.reply("c0", id)?.outcome;
    return outcome?.type === "ok" ? outcome.value : outcome;
  }

  #env(id: NodeId, node: BenchNode): Env {
    return {
      id,
      nodes: this.#names,
      peers: this.#names.filter((name) => name !== id),
      wallMs: () => this.nowMs + node.wallOffsetMs,
      monoMs: () => this.nowMs - node.startedMs,
      random: () => this.#random.unit(),
      send: (to, message) => {
        if (to === id) throw new Error(`${id} sends to itself`);
        this.mail.push({ from: id, to, message: structuredClone(message) as Message });
      },
      setTimer: (name, afterMs) => node.timers.set(name, this.nowMs + afterMs),
      clearTimer: (name) => node.timers.delete(name),
      disk: node.disk,
      reply: ({ client, id: request }, reply) => {
        const key = `${client}/${request}`;
        if (this.replies.has(key)) throw new Error(`request ${key} was answered twice`);
        this.replies.set(key, reply);
      },
      trace: (event, detail) => {
        this.traced.push({ node: id, event, detail });
        for (const invariant of this.#invariants) {
          const violation = invariant.onTrace(id, event, detail);
          if (typeof violation === "string") this.violations.push(`${invariant.name}: ${violation}`);
        }
      },
    };
  }
}

/** Puts a configuration into a node's log as entry 1 of term 1, as a leader would that falls silent then. */
export function giveVoters(bench: Bench, node: NodeId, configuration: Configuration, term = 1): void {
  const from = [...bench.nodes.keys()].find((name) => name !== node) ?? "";
  const entries = [{ term, command: null, configuration }];
  bench.hand({
    from,
    to: node,
    message: { type: "append-entries", term, prevLogIndex: 0, prevLogTerm: 0, entries, leaderCommit: 0, serial: 1 },
  });
  bench.take();
}

export const write = (key: string, input: number): Invocation => ({ f: "write", key, input });
export const read = (key: string): Invocation => ({ f: "read", key, input: null });
export const append = (key: string, input: number): Invocation => ({ f: "append", key, input });
export const ok = (value: unknown) => expect.objectContaining({ outcome: { type: "ok", value } });

/** The index of the log that a reply tells its session. */
export const seenIn = (reply: Reply | undefined): number => {
  const { index } = (reply?.context ?? {}) as { readonly index?: number };
  if (index === undefined) throw new Error("the reply tells no index");
  return index;
};
