import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Request } from "../../core/replica.ts";
import { type Done, type Program, programOf } from "../shared/programs.ts";
import type { Age, PeerMessage, TxnId, Write } from "./messages.ts";
import type { Place } from "./place.ts";
import { byShard } from "./shards.ts";

/** What a transaction locks at a shard. */
interface Footprint {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** The grant, once there is one. */
  lock?: string;
}

/** What the tries of a transaction have in common. */
export interface Try {
  readonly request: Request;
  readonly age: Age;
  /** When the first one began, monotonic milliseconds. */
  readonly firstMs: number;
}

const itself = (key: string): string => key;

/**
 * One try of a read-write transaction, as its gateway sees it: all locks first, those for writes, too, as it is known what will
 * be written; then the program runs; then the participants are asked to prepare, and one of them to commit (OSDI 2012,
 * §4.2.1). So whoever is prepared waits for no lock.
 */
export class Transaction {
  readonly txn: TxnId;
  readonly request: Request;
  readonly age: Age;
  /** When the first try began. */
  readonly firstMs: number;
  readonly sinceMs: number;
  readonly #place: Place;
  readonly #program: Program;
  readonly #shards = new Map<string, Footprint>();
  readonly #values = new Map<string, Json>();
  #done: Done | undefined;

  constructor(place: Place, txn: TxnId, { request, age, firstMs }: Try) {
    const program = programOf(request.op);
    this.#place = place;
    this.txn = txn;
    this.request = request;
    this.age = age;
    this.firstMs = firstMs;
    this.sinceMs = place.env.monoMs();
    this.#program = program;
    const reads = byShard(program.reads, itself);
    const writes = byShard(program.writes, itself);
    for (const shard of new Set([...reads.keys(), ...writes.keys()]))
      this.#shards.set(shard, { reads: reads.get(shard) ?? [], writes: writes.get(shard) ?? [] });
  }

  /** True from when it has asked to commit: what becomes of it is no longer for its gateway to say. */
  get isCommitting(): boolean {
    return this.#done !== undefined;
  }

  /** What the client is told if it commits. */
  get done(): Done | undefined {
    return this.#done;
  }

  /** Asks for what it waits for, or asks again. */
  ask(): void {
    if (this.#done) this.#askToCommit(this.#done);
    else this.#askForLocks();
  }

  /** True if these were the last locks. */
  onLocked({ shard, lock, values }: Extract<PeerMessage, { type: "locked" }>): boolean {
    const footprint = this.#shards.get(shard);
    // Values belong to the first grant; the same locks granted again are void.
    if (this.#done || !footprint || footprint.lock !== undefined) return false;
    footprint.lock = lock;
    for (const [key, value] of values) this.#values.set(key, value);
    return [...this.#shards.values()].every((one) => one.lock !== undefined);
  }

  /** What it does, now that it knows what it read. */
  run(): Done {
    return this.#program.run((key) => this.#values.get(key) ?? null);
  }

  commit(done: Done): void {
    this.#done = done;
    this.ask();
  }

  release(): void {
    for (const shard of this.#shards.keys()) this.#place.sendAll(shard, { type: "release", txn: this.txn });
  }

  #askForLocks(): void {
    const { txn, age } = this;
    for (const [shard, { reads, writes, lock }] of this.#shards)
      if (lock === undefined) this.#place.sendAll(shard, { type: "lock", txn, age, reads, writes });
  }

  #askToCommit({ writes }: Done): void {
    const { txn } = this;
    const [coordinator, ...others] = [...this.#shards.keys()];
    if (coordinator === undefined) return;
    const written = byShard(writes, ([key]) => key);
    for (const [shard, { reads, lock = "" }] of this.#shards) {
      const what = { txn, lock, reads, writes: written.get(shard) ?? [] };
      if (shard === coordinator) this.#place.sendAll(shard, { type: "commit", ...what, others });
      else this.#place.sendAll(shard, { type: "prepare", ...what, coordinator });
    }
  }
}

/** A read-only transaction at its gateway: it locks nothing (§4.2.2). */
export class Snapshot {
  readonly read: string;
  readonly request: Request;
  readonly sinceMs: number;
  readonly #place: Place;
  readonly #program: Program;
  readonly #atMs: number;
  /** Keys by shard that has not answered. */
  readonly #open: Map<string, readonly string[]>;
  readonly #values = new Map<string, Json>();

  constructor(place: Place, read: string, request: Request, program: Program) {
    this.#place = place;
    this.read = read;
    this.request = request;
    this.sinceMs = place.env.monoMs();
    this.#program = program;
    // Later than the timestamp of whatever was committed before this moment.
    this.#atMs = place.clock.now().latestMs;
    this.#open = byShard(program.reads, itself);
  }

  ask(): void {
    const { env, settings, shards, send, sendAll } = this.#place;
    for (const [name, keys] of this.#open) {
      const message: PeerMessage = { type: "read-at", read: this.read, atMs: this.#atMs, keys };
      const members = shards.find((shard) => shard.name === name)?.members ?? [];
      const one = members.includes(env.id) ? env.id : members[Math.floor(env.random() * members.length)];
      if (settings.reads === "leader") sendAll(name, message);
      else send(one as NodeId, message);
    }
  }

  /** What was read, if this was the last answer. */
  onValues(shard: string, values: readonly Write[]): Done | undefined {
    if (!this.#open.delete(shard)) return undefined;
    for (const [key, value] of values) this.#values.set(key, value);
    return this.#open.size === 0 ? this.#program.run((key) => this.#values.get(key) ?? null) : undefined;
  }
}
