import type { Json } from "../../core/json.ts";
import type { Outcome } from "../../core/operation.ts";
import type { Env, Replica, Request } from "../../core/replica.ts";
import type { RequestContext } from "./client.ts";
import { TransactionLog } from "./log.ts";
import type { Scheduler, TxnId } from "./scheduler.ts";
import { schedulerOf } from "./schedulers.ts";
import { type Settings, TAKE_OVER_MS, THINK_MS } from "./settings.ts";
import { type Statement, statementsOf } from "./statements.ts";

/** A transaction that runs. */
interface Running {
  readonly txn: TxnId;
  readonly timer: string;
  readonly request: Request;
  readonly statements: Generator<Statement, Outcome, Json>;
  /** The next statement; or what the client is told once the transaction has committed. */
  next: IteratorResult<Statement, Outcome>;
  hasWritten: boolean;
}

const TAKE_OVER_TIMER = "take over";

/**
 * The one node of the store. Transactions run side by side, a statement at a time; before each statement, and before the commit,
 * the client thinks for a while.
 */
export class IsolationReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #log: TransactionLog;
  readonly #scheduler: Scheduler;
  readonly #running = new Map<TxnId, Running>();
  /** The transaction that a timer is for; those that are for none are used again. */
  readonly #timers = new Map<string, TxnId | undefined>();
  #next: TxnId;

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#log = new TransactionLog(env.disk);
    this.#next = this.#log.next;
    this.#scheduler = schedulerOf(settings, this.#log.recover({ losers: settings.bug === "losers-redone" }));
    env.trace("start", {});
    if (settings.isolation === "parallel-snapshot-isolation") env.setTimer(TAKE_OVER_TIMER, TAKE_OVER_MS);
  }

  onMessage(): void {
    throw new Error("there is only one node");
  }

  onRequest(request: Request): void {
    const { session } = request.context as RequestContext;
    const txn = this.#next++;
    const [idle] = [...this.#timers].find(([, other]) => other === undefined) ?? [`transaction ${this.#timers.size}`];
    this.#timers.set(idle, txn);
    const statements = statementsOf(request.op);
    const running: Running = {
      txn,
      timer: idle,
      request,
      statements,
      next: statements.next(),
      hasWritten: false,
    };
    this.#running.set(txn, running);
    this.#scheduler.begin(txn, session);
    this.#think(running);
  }

  onTimer(name: string): void {
    if (name === TAKE_OVER_TIMER) {
      this.#scheduler.housekeep?.(() => this.#env.random());
      this.#env.setTimer(TAKE_OVER_TIMER, TAKE_OVER_MS);
      return;
    }
    const txn = this.#timers.get(name);
    const running = txn === undefined ? undefined : this.#running.get(txn);
    if (running === undefined) return;
    if (running.next.done) this.#end(running, running.next.value);
    else this.#execute(running, running.next.value);
    for (const released of this.#scheduler.released()) {
      const other = this.#running.get(released);
      if (other !== undefined) this.#think(other);
    }
  }

  #execute(running: Running, statement: Statement): void {
    const { txn } = running;
    const { key } = statement;
    const isRead = statement.f === "read";
    const step = isRead
      ? this.#scheduler.read(txn, key)
      : this.#scheduler.update(txn, key, (before) => statement.change(before));
    if (step.type === "waits") return;
    if (step.type === "conflict") {
      this.#abort(running, conflictOf(step.text));
      return;
    }
    if (!isRead && step.value !== undefined) {
      this.#log.wrote(txn, key, step.value);
      running.hasWritten = true;
      this.#env.trace("write", { txn, key });
    }
    running.next = running.statements.next(isRead ? (step.value ?? null) : null);
    this.#think(running);
  }

  #end(running: Running, outcome: Outcome): void {
    const { txn } = running;
    const conflict = outcome.type === "ok" ? this.#scheduler.commit(txn) : undefined;
    if (outcome.type !== "ok" || conflict !== undefined) {
      this.#abort(running, conflict === undefined ? outcome : conflictOf(conflict));
      return;
    }
    if (running.hasWritten) {
      this.#log.committed(txn);
      if (this.#settings.bug !== "ack-before-log") this.#env.disk.sync();
    }
    this.#answer(running, outcome);
    this.#env.trace("commit", { txn });
  }

  #abort(running: Running, outcome: Outcome): void {
    const { txn } = running;
    this.#scheduler.abort(txn);
    this.#answer(running, outcome);
    this.#env.trace("abort", { txn });
  }

  #answer({ txn, timer, request }: Running, outcome: Outcome): void {
    this.#running.delete(txn);
    this.#timers.set(timer, undefined);
    this.#env.reply(request, { outcome });
  }

  #think({ timer }: Running): void {
    this.#env.setTimer(timer, this.#env.random() * THINK_MS);
  }
}

const conflictOf = (text: string): Outcome => ({ type: "fail", error: { name: "txn-conflict", text } });
