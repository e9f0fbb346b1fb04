import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Request } from "../../core/replica.ts";
import { programOf } from "../shared/programs.ts";
import type { Age, ClientContext, PeerMessage } from "./messages.ts";
import type { Place } from "./place.ts";
import { BACKOFF_MS, FORGET_MS, GIVE_UP_MS } from "./settings.ts";
import { shardOf } from "./shards.ts";
import { Snapshot, Transaction, type Try } from "./transaction.ts";

type Of<T extends PeerMessage["type"]> = Extract<PeerMessage, { type: T }>;

const RETRY = "retry";

/**
 * What does transactions for the clients that have come to this node: it stands for the client library of the paper, which
 * reads under locks, buffers writes and drives two-phase commit (OSDI 2012, §4.2.1). It forgets all in a crash; whoever is
 * prepared then learns from the coordinator what becomes of it.
 */
export class Gateway {
  readonly #place: Place;
  /** Unique among all lives of all nodes. */
  readonly #prefix: string;
  readonly #transactions = new Map<string, Transaction>();
  readonly #snapshots = new Map<string, Snapshot>();
  /** Reads of one copy. */
  readonly #copies = new Map<string, Request>();
  /** Tried again when the timer rings. */
  #retries: Try[] = [];
  #lastId = 0;

  constructor(place: Place, life: number) {
    this.#place = place;
    this.#prefix = `${place.env.id}.${life}`;
  }

  onRequest(request: Request): void {
    const { op, context } = request;
    if (op.final) {
      this.#readCopy(request, op.key ?? "");
      return;
    }
    const program = programOf(op);
    const name = this.#name();
    if (program.writes.length === 0) {
      const snapshot = new Snapshot(this.#place, name, request, program);
      this.#snapshots.set(name, snapshot);
      snapshot.ask();
      return;
    }
    const { age = [this.#place.env.wallMs(), name] as const } = (context ?? {}) as ClientContext;
    this.#begin({ request, age, firstMs: this.#place.env.monoMs() }, name);
  }

  onLocked(from: NodeId, message: Of<"locked">): void {
    const one = this.#transactions.get(message.txn);
    if (!one) this.#place.send(from, { type: "release", txn: message.txn });
    else if (one.onLocked(message)) {
      const done = one.run();
      if (done.outcome.type === "ok") one.commit(done);
      else this.#end(one, done.outcome);
    }
  }

  onWounded({ txn }: Of<"wounded">): void {
    const one = this.#transactions.get(txn);
    if (one && !one.isCommitting) this.#tryAgain(one);
  }

  onDecided({ txn, at }: Of<"decided">): void {
    const one = this.#transactions.get(txn);
    if (!one?.done) return;
    if (at === null) this.#tryAgain(one);
    else this.#end(one, one.done.outcome);
  }

  onValues({ read, shard, values }: Of<"values">): void {
    const copy = this.#copies.get(read);
    if (copy) {
      this.#copies.delete(read);
      this.#place.env.reply(copy, { outcome: { type: "ok", value: values[0]?.[1] ?? null } });
      return;
    }
    const snapshot = this.#snapshots.get(read);
    const done = snapshot?.onValues(shard, values);
    if (!snapshot || !done) return;
    this.#snapshots.delete(read);
    this.#place.env.reply(snapshot.request, { outcome: done.outcome });
  }

  onTick(): void {
    const nowMs = this.#place.env.monoMs();
    for (const one of this.#transactions.values()) {
      if (one.isCommitting && nowMs - one.sinceMs > FORGET_MS) this.#transactions.delete(one.txn);
      else if (!one.isCommitting && nowMs - one.firstMs > GIVE_UP_MS)
        this.#end(one, unavailable("no locks in time"), one.age);
      else one.ask();
    }
    for (const one of this.#snapshots.values()) {
      if (nowMs - one.sinceMs <= GIVE_UP_MS) one.ask();
      else {
        this.#snapshots.delete(one.read);
        this.#refuse(one.request, unavailable("no copy was safe in time"));
      }
    }
  }

  onTimer(name: string): boolean {
    if (name !== RETRY) return false;
    const due = this.#retries;
    this.#retries = [];
    for (const one of due) this.#begin(one, this.#name());
    return true;
  }

  #begin(what: Try, txn: string): void {
    const one = new Transaction(this.#place, txn, what);
    this.#transactions.set(txn, one);
    one.ask();
  }

  /** It was aborted for another, and certainly has no effect: it begins anew, as old as it was. */
  #tryAgain(one: Transaction): void {
    const { env } = this.#place;
    one.release();
    this.#transactions.delete(one.txn);
    if (env.monoMs() - one.firstMs > GIVE_UP_MS) {
      this.#refuse(one.request, aborted("aborted for other transactions again and again"), one.age);
      return;
    }
    if (this.#retries.length === 0) env.setTimer(RETRY, 1 + env.random() * BACKOFF_MS);
    this.#retries.push(one);
  }

  /** Without an age the outcome is that of the operation, else a refusal. */
  #end(one: Transaction, outcome: Outcome, age?: Age): void {
    if (!one.isCommitting) one.release();
    this.#transactions.delete(one.txn);
    if (age) this.#refuse(one.request, outcome, age);
    else this.#place.env.reply(one.request, { outcome });
  }

  #refuse(request: Request, outcome: Outcome, age?: Age): void {
    const context: ClientContext = age ? { refused: true, age } : { refused: true };
    this.#place.env.reply(request, { outcome, context });
  }

  /** A node that holds no copy of the key asks one that does, each another, so that all copies are shown. */
  #readCopy(request: Request, key: string): void {
    const { env, shard, shards, send } = this.#place;
    const home = shards.find(({ name }) => name === shardOf(key));
    if (!home) return;
    const place = shard.members.indexOf(env.id) % home.members.length;
    const read = this.#name();
    this.#copies.set(read, request);
    send(home === shard ? env.id : (home.members[place] ?? env.id), { type: "copy", read, key });
  }

  #name(): string {
    return `${this.#prefix}.${++this.#lastId}`;
  }
}

const failed = (name: string, text: string): Outcome => ({ type: "fail", error: { name, text } });
const unavailable = (text: string): Outcome => failed("temporarily-unavailable", text);
const aborted = (text: string): Outcome => failed("txn-conflict", text);
