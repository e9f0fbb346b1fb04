import type { JsonObject } from "../../../src/core/json.ts";
import type { Invocation, NodeId } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import type { Env, Message, Replica, Reply } from "../../../src/core/replica.ts";
import { History } from "../../../src/models/zab/history.ts";
import { zab } from "../../../src/models/zab/index.ts";
import type { Transaction } from "../../../src/models/zab/messages.ts";
import type { Zxid } from "../../../src/models/zab/zxid.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

interface Letter {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

interface Server {
  replica: Replica | undefined;
  readonly disk: SimDisk;
  /** When each running timer is due, milliseconds. */
  readonly timers: Map<string, number>;
}

/** What a server has on its disk. */
export interface Stored {
  readonly accepted: number;
  readonly current: number;
  readonly history: readonly Transaction[];
}

export interface BenchOptions {
  readonly reads?: string;
  readonly bug?: string;
  /** By server, what is on its disk at first. */
  readonly stored?: Readonly<Record<NodeId, Stored>>;
  /** Who does not start. */
  readonly down?: readonly NodeId[];
}

/** Servers on a workbench: the test moves messages and time itself. Syncs take no time. All traces go through the invariants. */
export class Bench {
  readonly names: readonly NodeId[];
  mail: Letter[] = [];
  readonly violations: string[] = [];
  readonly replies = new Map<number, Reply>();
  readonly leaders: { readonly node: NodeId; readonly epoch: number }[] = [];
  nowMs = 0;
  readonly #servers = new Map<NodeId, Server>();
  readonly #options: BenchOptions;
  readonly #random = new Random(7, "bench");
  readonly #invariants = zab.invariants?.() ?? [];
  readonly #cut = new Set<NodeId>();
  #lastId = 0;

  constructor(count: number, options: BenchOptions = {}) {
    this.#options = options;
    this.names = Array.from({ length: count }, (_, i) => `n${i + 1}`);
    for (const name of this.names) {
      const disk: SimDisk = new SimDisk(true, () => disk.synced());
      this.#servers.set(name, { replica: undefined, disk, timers: new Map() });
      const stored = options.stored?.[name];
      if (stored !== undefined) {
        const history = new History(disk);
        for (const transaction of stored.history) history.append(transaction);
        disk.write("epochs", { accepted: stored.accepted, current: stored.current });
        disk.sync();
      }
    }
    for (const name of this.names) if (!options.down?.includes(name)) this.start(name);
  }

  get up(): NodeId[] {
    return this.names.filter((name) => this.#server(name).replica !== undefined);
  }

  start(name: NodeId): void {
    const server = this.#server(name);
    server.replica = zab.start(this.#env(name, server), { reads: this.#options.reads ?? "local" }, this.#options.bug);
  }

  /** It loses its memory and what it did not sync. */
  kill(name: NodeId): void {
    const server = this.#server(name);
    server.replica = undefined;
    server.timers.clear();
    server.disk.crash(this.#random);
  }

  /** Cuts these off from all others, and heals every other cut. */
  isolate(...names: NodeId[]): void {
    this.#cut.clear();
    for (const name of names) this.#cut.add(name);
  }

  /** Hands over the `index`th letter that is under way; one that meets a cut is lost. */
  deliver(index = 0, keeps = false): void {
    const letter = this.mail[index];
    if (letter === undefined) return;
    if (!keeps) this.mail.splice(index, 1);
    const { from, to, message } = letter;
    if (this.#cut.has(from) === this.#cut.has(to)) this.#server(to).replica?.onMessage(from, message);
  }

  /** Fires the timer that is due next, of a server in turn where several are, without delivering anything. */
  tick(): void {
    const due = [...this.#servers.values()]
      .flatMap((server) => [...server.timers].map(([timer, dueMs]) => ({ server, timer, dueMs })))
      .sort((a, b) => a.dueMs - b.dueMs)[0];
    if (due === undefined) return;
    this.nowMs = Math.max(this.nowMs, due.dueMs);
    due.server.timers.delete(due.timer);
    due.server.replica?.onTimer(due.timer);
  }

  /** Lets time pass on a network where everything arrives at once and in order. */
  run(forMs: number): void {
    const endMs = this.nowMs + forMs;
    while (this.nowMs < endMs) {
      while (this.mail.length > 0) this.deliver();
      this.tick();
    }
  }

  /** Sends a request without delivering messages; returns its id. */
  request(node: NodeId, op: Invocation, seen: Zxid = [0, 0]): number {
    const id = ++this.#lastId;
    this.#server(node).replica?.onRequest({ id, client: "c1", op, context: { seen } });
    return id;
  }

  /** What a server answers to a request within `forMs`. */
  ask(node: NodeId, op: Invocation, { seen, forMs = 100 }: { seen?: Zxid; forMs?: number } = {}): Reply | undefined {
    const id = this.request(node, op, seen);
    this.run(forMs);
    return this.replies.get(id);
  }

  history(name: NodeId): readonly Transaction[] {
    return new History(this.#server(name).disk).after(0);
  }

  #server(name: NodeId): Server {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`no server ${name}`);
    return server;
  }

  #env(id: NodeId, { disk, timers }: Server): Env {
    return {
      id,
      nodes: this.names,
      peers: this.names.filter((name) => name !== id),
      wallMs: () => this.nowMs,
      monoMs: () => this.nowMs,
      random: () => this.#random.unit(),
      send: (to, message) => {
        this.mail.push({ from: id, to, message: structuredClone(message) });
      },
      setTimer: (name, afterMs) => timers.set(name, this.nowMs + afterMs),
      clearTimer: (name) => timers.delete(name),
      disk,
      reply: ({ id: request }, reply) => {
        if (this.replies.has(request)) throw new Error(`request ${request} was answered twice`);
        this.replies.set(request, reply);
      },
      trace: (event, detail) => this.#trace(id, event, detail),
    };
  }

  #trace(node: NodeId, event: string, detail: JsonObject): void {
    if (event === "leader") this.leaders.push({ node, epoch: detail.term as number });
    for (const invariant of this.#invariants) {
      const violation = invariant.onTrace(node, event, detail);
      if (typeof violation === "string") this.violations.push(`${invariant.name}: ${violation}`);
    }
  }
}

export const append = (input: number, key = "x"): Invocation => ({ f: "append", key, input });
export const read = (key = "x"): Invocation => ({ f: "read", key, input: null });
