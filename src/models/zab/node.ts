import type { Json } from "../../core/json.ts";
import type { Disk, Env } from "../../core/replica.ts";
import type { Contents } from "../shared/key-value.ts";
import { majorityOf } from "../shared/majority.ts";
import { History } from "./history.ts";
import type { Origin, Transaction, Vote, ZabMessage } from "./messages.ts";
import type { Settings } from "./settings.ts";
import type { Zxid } from "./zxid.ts";

const EPOCHS = "epochs";
const CONNECTIONS = "connections";

/** Names a transaction's request in traces. */
const nameOf = ({ server, connection, number }: Origin): string => `${server}/${connection}/${number}`;

/** How a transaction is traced. */
export const traceOf = ({ zxid: [epoch, counter], origin }: Transaction) => ({ epoch, counter, name: nameOf(origin) });

/** What a server is in every role: its history, its promises (Junqueira et al. 2011, Table 1), and its copy. */
export class Node {
  readonly env: Env;
  readonly settings: Settings;
  readonly quorum: number;
  readonly history: History;
  readonly contents: Contents = new Map();
  /** Called with each transaction that was applied. */
  onApplied: (transaction: Transaction) => void = () => undefined;
  #applied = 0;
  #accepted: number;
  #current: number;

  constructor(env: Env, settings: Settings) {
    this.env = env;
    this.settings = settings;
    this.quorum = majorityOf(env.nodes.length);
    this.history = new History(env.disk);
    const epochs = env.disk.read(EPOCHS) as { accepted: number; current: number } | undefined;
    this.#accepted = epochs?.accepted ?? 0;
    this.#current = epochs?.current ?? 0;
  }

  /** The latest epoch that the server promised itself to (`f.p`). */
  get accepted(): number {
    return this.#accepted;
  }

  /** The epoch of the last leader whose history it took (`f.a`). */
  get current(): number {
    return this.#current;
  }

  /** The zxid up to which the copy shows the history. */
  get applied(): Zxid {
    return this.history.zxidAt(this.#applied);
  }

  /** For an election: what this server has to offer. */
  get ownVote(): Vote {
    return { leader: this.env.id, epoch: this.#current, zxid: this.history.last };
  }

  /** Durable with the handler's next sync. */
  setEpochs(accepted: number, current: number): void {
    this.#accepted = accepted;
    this.#current = current;
    if (this.settings.bug !== "epochs-not-persisted") this.env.disk.write(EPOCHS, { accepted, current });
  }

  /** A number that this server has never used for a connection; syncs. */
  nextConnection(): number {
    return nextNumber(this.env.disk);
  }

  /** Applies the history up to a length, in its order. */
  applyTo(length: number): void {
    while (this.#applied < Math.min(length, this.history.length)) {
      const transaction = this.history.at(++this.#applied);
      if (transaction === undefined) return;
      const { change } = transaction;
      if (change !== null) this.contents.set(change.key, change.value);
      this.env.trace("deliver", { position: this.#applied, ...traceOf(transaction) });
      this.onApplied(transaction);
    }
  }

  /** Keeps the first `length` transactions. Only defects cut what is applied; the copy then keeps it, as ZooKeeper's does. */
  truncate(length: number): void {
    this.history.truncate(length);
    this.#applied = Math.min(this.#applied, length);
  }

  read(key: string | undefined): Json {
    return this.contents.get(key ?? "") ?? null;
  }

  send(to: string, message: ZabMessage): void {
    // All of it is JSON, which an interface such as `OpError` cannot say to the compiler.
    this.env.send(to, message as unknown as Parameters<Env["send"]>[1]);
  }
}

function nextNumber(disk: Disk): number {
  const next = ((disk.read(CONNECTIONS) as number | undefined) ?? 0) + 1;
  disk.write(CONNECTIONS, next);
  disk.sync();
  return next;
}
