import { drawDelayNs } from "../../core/delay.ts";
import type { Delay } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Random } from "../../core/random.ts";
import type { Env, Replica, Reply } from "../../core/replica.ts";
import { msToNs } from "../../core/time.ts";
import { WallClock } from "./clock.ts";
import { SimDisk } from "./disk.ts";
import { makeEnv } from "./env.ts";
import type { Link } from "./network.ts";
import type { Happening } from "./queue.ts";
import type { VirtualTime } from "./time.ts";
import type { Timer } from "./timer.ts";

/** What a handler did to the world; it leaves when the handler, and what it synced, is done. */
export interface Effect {
  leave(): void;
}

/** What makes a node run a handler. */
export interface Input {
  handle(node: SimNode): void;
}

/** What a node is told about its surroundings. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly nodes: readonly NodeId[];
  readonly syncMs: Delay;
  readonly freeze: boolean;
  start(env: Env): Replica;
  reply(from: NodeId, client: NodeId, id: number, reply: Reply): void;
  trace(node: NodeId, event: string, detail: JsonObject): void;
  /** True if somebody wants to know of this trace event. A long run makes millions that nobody reads. */
  listens(event: string): boolean;
  /** A handler threw; the node has crashed. */
  failed(node: NodeId, error: unknown): void;
  crashed(node: NodeId): void;
}

/**
 * One node: a process that takes its inputs one by one, blocks while it syncs, can be frozen, can die, and can be
 * started again on the same disk.
 */
export class SimNode {
  readonly id: NodeId;
  readonly time: VirtualTime;
  readonly clock = new WallClock();
  readonly disk: SimDisk;
  readonly links = new Map<NodeId, Link>();
  readonly timers = new Map<string, Timer>();
  /** False from a crash to the restart. */
  up = false;
  syncs = 0;
  crashes = 0;
  readonly #where: Surroundings;
  readonly #random: Random;
  readonly #diskRandom: Random;
  #replica: Replica | undefined;
  /** Inputs that wait, from `#nextInput` on. */
  #inbox: Input[] = [];
  #nextInput = 0;
  readonly #effects: Effect[] = [];
  #pauses = 0;
  #kills = 0;
  /** Stalls in force, nanoseconds each. */
  readonly #stalls = new Set<{ readonly ns: number }>();
  /** How long the syncs of the current handler take. */
  #syncNs = 0;
  #syncsInHandler = 0;
  /** The sync that the node waits for. */
  #syncing: Sync | undefined;

  constructor(id: NodeId, where: Surroundings, random: Random, diskRandom: Random) {
    this.id = id;
    this.time = where.time;
    this.#where = where;
    this.#random = random;
    this.#diskRandom = diskRandom;
    this.disk = new SimDisk(where.freeze, () => {
      this.syncs++;
      this.#syncsInHandler++;
      this.#syncNs += drawDelayNs(where.syncMs, diskRandom);
    });
  }

  /** The replica of the present incarnation. */
  get replica(): Replica {
    if (!this.#replica) throw new Error(`${this.id} got an input before it was started`);
    return this.#replica;
  }

  /** Boots an incarnation on what the disk holds. */
  start(): void {
    if (this.up) return;
    this.up = true;
    this.accept({
      handle: () => {
        this.#replica = this.#where.start(makeEnv(this, this.#where, this.#random));
      },
    });
  }

  /** Loses all but the synced part of the disk. */
  crash(): void {
    if (!this.up) return;
    this.crashes++;
    this.#die();
    this.disk.crash(this.#diskRandom);
    this.#where.crashed(this.id);
  }

  /** Dies for good. */
  end(): void {
    this.#kills++;
    this.#die();
  }

  #die(): void {
    this.up = false;
    this.#replica = undefined;
    this.#inbox = [];
    this.#nextInput = 0;
    this.#effects.length = 0;
    this.#syncing = undefined;
    for (const timer of this.timers.values()) timer.clear();
    this.timers.clear();
  }

  /** Crashes the node; returns a way to restart it, unless others hold it down. */
  kill(): () => void {
    this.#kills++;
    this.crash();
    return () => {
      if (--this.#kills === 0) this.start();
    };
  }

  /** Freezes the process; inputs pile up. Returns a way to let it go on, unless others freeze it. */
  pause(): () => void {
    this.#pauses++;
    return () => {
      if (--this.#pauses === 0) this.#goOn();
    };
  }

  /** Makes every sync that begins from now on take longer; returns the end of it, also for a sync under way. */
  stall(stallMs: number): () => void {
    const stall = { ns: msToNs(stallMs) };
    this.#stalls.add(stall);
    return () => {
      this.#stalls.delete(stall);
      this.#syncing?.unstall(stall);
    };
  }

  accept(input: Input): void {
    if (!this.up) return;
    if (this.#pauses > 0 || this.#syncing || this.#inbox.length > 0) this.#inbox.push(input);
    else this.#run(input);
  }

  /** To be called by handlers only. */
  put(effect: Effect): void {
    this.#effects.push(effect);
  }

  #run(input: Input): void {
    this.#syncsInHandler = 0;
    this.#syncNs = 0;
    try {
      input.handle(this);
    } catch (error) {
      this.crash();
      this.#where.failed(this.id, error);
      return;
    }
    if (this.#syncsInHandler === 0) this.#leave();
    else this.#syncing = new Sync(this, this.#syncNs, this.#syncsInHandler, this.#stalls);
  }

  /** A sync has completed. The process learns of it when it is not frozen. */
  synced(sync: Sync): void {
    // One that was under way when the node crashed.
    if (sync !== this.#syncing) return;
    sync.done = true;
    this.disk.synced();
    this.#goOn();
  }

  #leave(): void {
    // An observer of an effect may crash the node: the rest then never leaves.
    for (let i = 0; i < this.#effects.length; i++) this.#effects[i]?.leave();
    this.#effects.length = 0;
  }

  #goOn(): void {
    if (this.#pauses > 0) return;
    if (this.#syncing) {
      if (!this.#syncing.done) return;
      this.#syncing = undefined;
      this.#leave();
    }
    while (this.#nextInput < this.#inbox.length && !this.#syncing && this.#pauses === 0) {
      const input = this.#inbox[this.#nextInput++] as Input;
      if (this.#nextInput === this.#inbox.length) {
        this.#inbox = [];
        this.#nextInput = 0;
      }
      this.#run(input);
    }
  }
}

/** A sync under way. */
class Sync implements Happening {
  done = false;
  readonly #node: SimNode;
  readonly #count: number;
  readonly #stalls: Set<{ readonly ns: number }>;
  #doneNs: number;

  constructor(node: SimNode, ns: number, count: number, stalls: ReadonlySet<{ readonly ns: number }>) {
    this.#node = node;
    this.#count = count;
    this.#stalls = new Set(stalls);
    let totalNs = ns;
    for (const stall of stalls) totalNs += count * stall.ns;
    this.#doneNs = node.time.nowNs + totalNs;
    node.time.push(totalNs, this);
  }

  unstall(stall: { readonly ns: number }): void {
    if (this.done || !this.#stalls.delete(stall)) return;
    const { time } = this.#node;
    this.#doneNs = Math.max(time.nowNs, this.#doneNs - this.#count * stall.ns);
    time.push(this.#doneNs - time.nowNs, this);
  }

  happen(): void {
    if (!this.done && this.#node.time.nowNs >= this.#doneNs) this.#node.synced(this);
  }
}
