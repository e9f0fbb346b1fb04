import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import { compareHybrid, type HybridClock, type HybridStamp } from "../shared/clocks/hybrid.ts";
import { type Done, type Program, programOf } from "../shared/programs.ts";
import type { Alarms } from "./alarms.ts";
import type { Calls } from "./calls.ts";
import type { RangeAnswers, RangeRequest } from "./messages.ts";
import { type Intent, laterOf } from "./mvcc.ts";
import { rangeIndexOf } from "./ranges.ts";
import { CONFLICT_MS, GIVE_UP_MS, MAX_OFFSET_MS, type Settings, UNDERSTATED_OFFSET_MS } from "./settings.ts";

/** What a coordinator works with. */
export interface Gateway {
  readonly env: Env;
  readonly clock: HybridClock;
  readonly alarms: Alarms;
  readonly calls: Calls;
  readonly settings: Settings;
  /** A name that no transaction had before, of any node. */
  readonly newName: () => string;
}

/** A try to do an operation: a transaction of its own, whose name its intents and its record bear. */
interface Attempt {
  readonly txn: string;
  /** Reads are of this moment; they move on by refreshes. */
  stamp: HybridStamp;
  readonly read: Map<string, Json>;
  done: Done | undefined;
  writes: readonly (readonly [key: string, value: Json])[];
  /** How many of the writes were sent. */
  sent: number;
  /** The lowest stamp at which it may commit. */
  commit: HybridStamp;
}

/**
 * Coordinates an operation at its gateway (§3.2, §3.3): reads, all keys at once, lays intents on the keys that it writes, moves its reads up to where the writes have been pushed, and commits by its record,
 * which is in the range of the first key that it writes. Intents are laid in the order of keys and none lies while it
 * reads, so that no two operations wait for each other; what cannot go on begins anew under another name.
 */
export class Transaction {
  readonly #gateway: Gateway;
  readonly #program: Program;
  readonly #answer: (outcome: Outcome) => void;
  /** End of the uncertainty interval: what has a later stamp was acknowledged after this began. */
  readonly #limitMs: number;
  #clearDeadline: () => void;
  /** Each calls something off that is under way. */
  readonly #underWay = new Set<() => void>();
  #attempt: Attempt;

  constructor(gateway: Gateway, op: Invocation, answer: (outcome: Outcome) => void) {
    const { clock, alarms, settings } = gateway;
    this.#gateway = gateway;
    this.#program = programOf(op);
    this.#answer = answer;
    const stamp = clock.tick();
    const offsetMs =
      settings.bug === "no-uncertainty"
        ? 0
        : settings.bug === "offset-understated"
          ? UNDERSTATED_OFFSET_MS
          : MAX_OFFSET_MS;
    this.#limitMs = stamp[0] + offsetMs;
    this.#clearDeadline = alarms.after(GIVE_UP_MS, () => this.#giveUp());
    this.#attempt = this.#newAttempt(stamp);
    this.#readAll();
  }

  #newAttempt(stamp: HybridStamp): Attempt {
    const txn = this.#gateway.newName();
    return { txn, stamp, read: new Map(), done: undefined, writes: [], sent: 0, commit: stamp };
  }

  /** Until `callOff`, or until `done` was called. */
  #until<T>(begin: (done: (told: T) => void) => () => void, onDone: (told: T) => void): void {
    const callOff = begin((told) => {
      this.#underWay.delete(callOff);
      onDone(told);
    });
    this.#underWay.add(callOff);
  }

  #call<R extends RangeRequest>(range: number, request: R, onAnswer: (answer: RangeAnswers[R["f"]]) => void): void {
    this.#until((done) => this.#gateway.calls.call(range, request, done), onAnswer);
  }

  #callOff(): void {
    for (const callOff of this.#underWay) callOff();
    this.#underWay.clear();
  }

  #readAll(): void {
    const { reads } = this.#program;
    for (const key of reads) this.#read(key);
    if (reads.length === 0) this.#write();
  }

  #read(key: string): void {
    const { txn, stamp, read } = this.#attempt;
    this.#call(rangeIndexOf(key), { f: "read", key, stamp, limitMs: this.#limitMs, txn }, (found) => {
      if ("conflict" in found) this.#waitFor(key, found.conflict, () => this.#read(key));
      else if ("uncertain" in found) this.#readAgain(found.uncertain);
      else {
        read.set(key, found.value);
        if (read.size === this.#program.reads.length) this.#write();
      }
    });
  }

  /** Something may have been committed before this began: read all again at its stamp, where it is seen (§4.2). */
  #readAgain(stamp: HybridStamp): void {
    this.#callOff();
    this.#attempt = this.#newAttempt(stamp);
    this.#readAll();
  }

  #write(): void {
    const attempt = this.#attempt;
    const done = this.#program.run((key) => attempt.read.get(key) ?? null);
    attempt.done = done;
    attempt.writes = [...done.writes].sort(([a], [b]) => (a < b ? -1 : 1));
    if (attempt.writes.length === 0) this.#end(done.outcome);
    else this.#writeNext(0);
  }

  #writeNext(i: number): void {
    const attempt = this.#attempt;
    const { txn, stamp, writes } = attempt;
    const write = writes[i];
    if (write === undefined) {
      this.#refresh();
      return;
    }
    const [key, value] = write;
    attempt.sent = i + 1;
    const intent: Intent = { txn, anchor: writes[0]?.[0] ?? key, stamp, value };
    this.#call(rangeIndexOf(key), { f: "write", key, intent }, (told) => {
      if ("conflict" in told) {
        this.#waitFor(key, told.conflict, () => this.#writeNext(i));
        return;
      }
      attempt.commit = laterOf(attempt.commit, told.laid);
      this.#writeNext(i + 1);
    });
  }

  /** If writes were pushed above what was read, the reads must hold there, too (§3.3.2). */
  #refresh(): void {
    const { stamp, commit } = this.#attempt;
    if (compareHybrid(commit, stamp) === 0 || this.#gateway.settings.bug === "no-refresh") this.#commit();
    else this.#refreshNext(0);
  }

  #refreshNext(i: number): void {
    const { txn, stamp, commit } = this.#attempt;
    const key = this.#program.reads[i];
    if (key === undefined) {
      this.#commit();
      return;
    }
    this.#call(rangeIndexOf(key), { f: "refresh", key, from: stamp, to: commit, txn }, ({ refreshed }) => {
      if (refreshed) this.#refreshNext(i + 1);
      else this.#beginAnew(commit);
    });
  }

  #commit(): void {
    const { txn, writes, commit, done } = this.#attempt;
    const [anchor] = writes[0] ?? [""];
    this.#clearDeadline();
    this.#call(rangeIndexOf(anchor), { f: "commit", txn, stamp: commit }, (decision) => {
      if (decision.status === "aborted" || done === undefined) {
        this.#clearDeadline = this.#gateway.alarms.after(GIVE_UP_MS, () => this.#giveUp());
        this.#beginAnew(this.#gateway.clock.tick());
        return;
      }
      this.#resolve(decision.stamp);
      this.#end(done.outcome);
    });
  }

  #beginAnew(stamp: HybridStamp): void {
    this.#resolve(null);
    this.#attempt = this.#newAttempt(laterOf(stamp, this.#gateway.clock.tick()));
    this.#readAll();
  }

  /** Makes versions of the intents, or removes them if the transaction will certainly not commit. Nobody waits for that. */
  #resolve(stamp: HybridStamp | null): void {
    const { txn, writes, sent } = this.#attempt;
    for (const [key] of writes.slice(0, sent))
      this.#gateway.calls.call(rangeIndexOf(key), { f: "resolve", key, txn, stamp }, () => undefined);
  }

  #end(outcome: Outcome): void {
    this.#clearDeadline();
    this.#answer(outcome);
  }

  /** It was not about to commit, so it never will. */
  #giveUp(): void {
    this.#callOff();
    this.#resolve(null);
    this.#answer({ type: "fail", error: { name: "txn-conflict", text: "it could not be done in time" } });
  }

  /** Another transaction's intent is in the way: find out about it, have it resolved, and go on. */
  #waitFor(key: string, intent: Intent, goOn: () => void): void {
    const { alarms, env } = this.#gateway;
    this.#until<boolean>(
      (done) => clearIntent(this.#gateway, key, intent, done),
      (gone) => {
        if (gone) goOn();
        else this.#until<void>((done) => alarms.after(CONFLICT_MS * (1 + env.random()), done), goOn);
      },
    );
  }
}

/** Resolves another transaction's intent if that is decided. Gives a way to call it off. */
export function clearIntent(
  { calls }: Pick<Gateway, "calls">,
  key: string,
  { txn, anchor }: Intent,
  onDone: (gone: boolean) => void,
): () => void {
  let clear = calls.call(rangeIndexOf(anchor), { f: "push", txn }, (decision) => {
    if (decision.status === "pending") {
      onDone(false);
      return;
    }
    const stamp = decision.status === "committed" ? decision.stamp : null;
    clear = calls.call(rangeIndexOf(key), { f: "resolve", key, txn, stamp }, () => onDone(true));
  });
  return () => clear();
}
