import type { JsonObject } from "../../../src/core/json.ts";
import type { Model, ModelConfig } from "../../../src/core/model.ts";
import type { Invocation, NodeId } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import type { Env, Message, Replica, Reply } from "../../../src/core/replica.ts";
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

interface Seat {
  replica: Replica;
  readonly disk: SimDisk;
  /** When each running timer is due, milliseconds. */
  readonly timers: Map<string, number>;
  /** The handler that runs now will not live to see its sync completed. */
  doomed: boolean;
}

export interface TableOptions {
  readonly model: Model;
  readonly nodes: number;
  readonly config?: ModelConfig | undefined;
  readonly bug?: string | undefined;
  readonly seed?: number;
}

/**
 * The nodes of any model around a table: the test hands each message over, fires each timer and lets nodes die, in any order
 * it likes. Handlers are atomic, except that a node may die while its disk syncs. Traces go through the model's invariants.
 */
export class Table {
  readonly names: readonly NodeId[];
  /** Messages under way, oldest first. */
  mail: Letter[] = [];
  readonly traced: Traced[] = [];
  readonly violations: string[] = [];
  readonly replies = new Map<number, Reply>();
  readonly random: Random;
  nowMs = 1_000_000;
  readonly #options: TableOptions;
  readonly #seats = new Map<NodeId, Seat>();
  readonly #invariants;
  #lastId = 0;

  constructor(options: TableOptions) {
    this.#options = options;
    this.random = new Random(options.seed ?? 1, "table");
    this.#invariants = options.model.invariants?.() ?? [];
    this.names = Array.from({ length: options.nodes }, (_, i) => `n${i + 1}`);
    for (const name of this.names) {
      const seat: Seat = {
        disk: new SimDisk(true, () => {
          if (!seat.doomed) seat.disk.synced();
        }),
        timers: new Map(),
        doomed: false,
        replica: { onMessage: () => {}, onTimer: () => {}, onRequest: () => {} },
      };
      this.#seats.set(name, seat);
      this.#start(name, seat);
    }
  }

  hand({ from, to, message }: Letter): void {
    this.#seat(to).replica.onMessage(from, message);
  }

  /** Delivers all messages, and what they lead to, in the order of sending; those for or from nodes `without` are lost. */
  settle(...without: NodeId[]): void {
    for (let letter = this.mail.shift(); letter; letter = this.mail.shift())
      if (!without.includes(letter.from) && !without.includes(letter.to)) this.hand(letter);
  }

  /** Takes all messages out of the network. */
  take(): Letter[] {
    return this.mail.splice(0);
  }

  /** All running timers, the one that is due first at the head. */
  timers(): { readonly node: NodeId; readonly timer: string; readonly dueMs: number }[] {
    return this.names
      .flatMap((node) => [...this.#seat(node).timers].map(([timer, dueMs]) => ({ node, timer, dueMs })))
      .sort((a, b) => a.dueMs - b.dueMs);
  }

  /** Lets time pass until the timer is due, and fires it. Others that were due before are late. */
  fire(node: NodeId, timer: string): void {
    const seat = this.#seat(node);
    const dueMs = seat.timers.get(timer);
    if (dueMs === undefined) throw new Error(`${node} has no timer ${timer}`);
    seat.timers.delete(timer);
    this.nowMs = Math.max(this.nowMs, dueMs);
    seat.replica.onTimer(timer);
  }

  /** Kills a node and starts it again on its disk. */
  crash(node: NodeId): void {
    const seat = this.#seat(node);
    seat.timers.clear();
    seat.disk.crash(this.random);
    this.#start(node, seat);
  }

  /** Hands a message to a node that dies while it syncs: nobody hears of it, and any part of what it wrote is kept. */
  crashAt(letter: Letter): void {
    const [mail, traced, replies] = [[...this.mail], this.traced.length, new Map(this.replies)];
    const seat = this.#seat(letter.to);
    seat.doomed = true;
    this.hand(letter);
    seat.doomed = false;
    this.mail = mail;
    this.traced.length = traced;
    this.replies.clear();
    for (const [id, reply] of replies) this.replies.set(id, reply);
    this.crash(letter.to);
  }

  /** Sends a request; gives its id. A retry of an earlier one has its client and number. */
  request(node: NodeId, op: Invocation, client?: string, seq = 1, seen = 0): number {
    const id = ++this.#lastId;
    this.#seat(node).replica.onRequest({ id, client: client ?? `c${id}`, op, context: { seq, seen } });
    return id;
  }

  #seat(node: NodeId): Seat {
    const seat = this.#seats.get(node);
    if (!seat) throw new Error(`nobody is called ${node}`);
    return seat;
  }

  #start(id: NodeId, seat: Seat): void {
    const { model, config = {}, bug } = this.#options;
    seat.replica = model.start(this.#env(id, seat), config, bug);
  }

  #env(id: NodeId, seat: Seat): Env {
    return {
      id,
      nodes: this.names,
      peers: this.names.filter((name) => name !== id),
      wallMs: () => this.nowMs,
      monoMs: () => this.nowMs,
      random: () => this.random.unit(),
      send: (to, message) => {
        if (to === id) throw new Error(`${id} sends to itself`);
        this.mail.push({ from: id, to, message });
      },
      setTimer: (name, afterMs) => seat.timers.set(name, this.nowMs + afterMs),
      clearTimer: (name) => seat.timers.delete(name),
      disk: seat.disk,
      reply: ({ id: request }, reply) => {
        if (this.replies.has(request)) throw new Error(`request ${request} was answered twice`);
        this.replies.set(request, reply);
      },
      trace: (event, detail) => {
        this.traced.push({ node: id, event, detail });
        if (seat.doomed) return;
        for (const invariant of this.#invariants) {
          const violation = invariant.onTrace(id, event, detail);
          if (typeof violation === "string") this.violations.push(`${invariant.name}: ${violation}`);
        }
      },
    };
  }
}
