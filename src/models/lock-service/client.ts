import type { Invocation, NodeId, Outcome } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import { isOfResource, type ResourceContext, resourceNode } from "../shared/guarded-resource.ts";
import { Calls } from "./calls.ts";
import { type Attempt, type Command, failed, ok, type Place, type Watch } from "./messages.ts";
import { Session } from "./session.ts";
import { MAX_REST_MS, MIN_REST_MS, PATIENCE_MS, type Settings, WATCH_MS } from "./settings.ts";

const CALL_TIMER = "call";
const REST_TIMER = "rest";

/** A node of this client's in a queue. */
interface Own {
  readonly key: string;
  readonly session: Session;
  readonly attempt: Attempt;
  /** Its sequence number is the fencing token; `undefined` until it is known to be first. */
  token: number | undefined;
}

/** The recipe of locks (Hunt et al., USENIX ATC 2010, §2.4, "Simple locks without herd effect"), or a key under a lease. */
export class LockServiceClient implements Client {
  readonly #env: ClientEnv;
  readonly #settings: Settings;
  readonly #calls: Calls;
  #session: Session | undefined;
  #sessions = 0;
  #attempts = 0;
  #own: Own | undefined;
  #acquiring: { readonly key: string; readonly giveUpMs: number } | undefined;
  /** The id of the request to be told of the node before, and the sequence number of its own. */
  #watch: number | undefined;
  #watched = 0;
  /** The id of the request to the resource that is under way. */
  #asked: number | undefined;
  #lastId = 0;

  constructor(env: ClientEnv, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#calls = new Calls(env, CALL_TIMER, () => ++this.#lastId);
  }

  onInvoke(op: Invocation): void {
    const { f, key = "" } = op;
    if (f === "acquire") {
      this.#acquiring = { key, giveUpMs: this.#env.monoMs() + PATIENCE_MS };
      this.#begin(key);
    } else if (f === "release") this.#release(key);
    else if (isOfResource(f)) this.#use(op);
    else this.#env.complete(failed("not-supported", `a lock has no ${f}`));
  }

  onReply(from: NodeId, id: number, reply: Reply): void {
    if (id === this.#asked) {
      this.#asked = undefined;
      this.#env.complete(reply.outcome);
    } else if (id === this.#watch) this.#told();
    else {
      this.#session?.onReply(from, id, reply);
      this.#calls.onReply(from, id, reply);
    }
  }

  onTimer(name: string): void {
    if (name === CALL_TIMER) this.#calls.onTimer();
    else if (name === REST_TIMER) this.#again();
    else this.#session?.onTimer(name);
  }

  /** Opens a session if there is none, and joins the queue. */
  #begin(key: string): void {
    if (this.#session !== undefined && !this.#session.expired) {
      this.#create(key, this.#session);
      return;
    }
    this.#session?.close();
    const session = new Session(this.#env, `${this.#env.process}.${++this.#sessions}`, () => ++this.#lastId);
    this.#session = session;
    this.#ask({ f: "open", input: { session: session.name } }, (_outcome, sentMs) => {
      session.begin(sentMs);
      this.#create(key, session);
    });
  }

  #create(key: string, session: Session): void {
    const attempt: Attempt = { session: session.name, number: ++this.#attempts };
    const own: Own = { key, session, attempt, token: undefined };
    this.#own = own;
    this.#ask({ f: "create", key, input: attempt }, (outcome) => this.#placed(own, outcome));
  }

  /** Where the node stands in its queue, or that there is none. */
  #placed(own: Own, outcome: Outcome): void {
    if (this.#acquiring === undefined) return;
    if (outcome.type === "ok") {
      const { sequence, before } = outcome.value as Place;
      if (before === null) this.#granted(own, sequence);
      else this.#watchFor(own.key, before, sequence);
      return;
    }
    if (outcome.type === "fail" && outcome.error.name === "key-does-not-exist") own.session.expire();
    this.#own = undefined;
    this.#rest(MIN_REST_MS + this.#env.random() * (MAX_REST_MS - MIN_REST_MS));
  }

  #granted(own: Own, token: number): void {
    if (!this.#trusts(own.session)) {
      this.#giveUp();
      return;
    }
    own.token = token;
    this.#acquired(ok(token));
  }

  /** Only whoever stands right behind is told, so that not all come running (§2.4, "without herd effect"). */
  #watchFor(key: string, before: number, own: number): void {
    this.#watch = ++this.#lastId;
    this.#watched = own;
    const op: Watch = { f: "watch", key, input: { sequence: before } };
    this.#env.send(this.#env.node, { id: this.#watch, op: op as unknown as Invocation, context: null });
    this.#rest(WATCH_MS);
  }

  /** The node before is gone: its owner has let go, or only given up, so the queue is looked at again. */
  #told(): void {
    this.#watch = undefined;
    if (this.#acquiring === undefined || this.#own === undefined) return;
    if (this.#settings.bug === "queue-not-rechecked") {
      this.#env.clearTimer(REST_TIMER);
      this.#granted(this.#own, this.#watched);
    } else this.#again();
  }

  /** Looks at the queue, or tries anew, if there is time. */
  #again(): void {
    const own = this.#own;
    if (this.#acquiring === undefined || this.#calls.busy) return;
    this.#watch = undefined;
    if (this.#env.monoMs() >= this.#acquiring.giveUpMs) this.#giveUp();
    else if (own === undefined) this.#begin(this.#acquiring.key);
    else this.#ask({ f: "look", key: own.key, input: own.attempt }, (outcome) => this.#placed(own, outcome));
  }

  #rest(ms: number): void {
    const leftMs = (this.#acquiring?.giveUpMs ?? 0) - this.#env.monoMs();
    this.#env.setTimer(REST_TIMER, Math.max(1, Math.min(ms, leftMs)));
  }

  /** Leaves the queue; only when that is certain the lock is certainly not acquired. */
  #giveUp(): void {
    const own = this.#own;
    this.#own = undefined;
    this.#watch = undefined;
    this.#env.clearTimer(REST_TIMER);
    const outcome = failed("temporarily-unavailable", "others had the lock, or the session has expired");
    if (own === undefined) this.#acquired(outcome);
    else this.#ask({ f: "delete", key: own.key, input: own.attempt }, () => this.#acquired(outcome));
  }

  #acquired(outcome: Outcome): void {
    this.#acquiring = undefined;
    this.#env.complete(outcome);
  }

  #release(key: string): void {
    const own = this.#holding(key);
    this.#own = undefined;
    if (own === undefined) this.#env.complete(notHeld(key));
    else
      this.#ask({ f: "delete", key, input: own.attempt }, (outcome) =>
        this.#env.complete(outcome.type === "ok" && outcome.value === true ? ok(null) : notHeld(key)),
      );
  }

  #use(op: Invocation): void {
    const { key = "", f } = op;
    const own = this.#holding(key);
    if (f === "write" && own === undefined) {
      this.#env.complete(notHeld(key));
      return;
    }
    this.#asked = ++this.#lastId;
    const context: ResourceContext = { token: own?.token ?? 0 };
    this.#env.send(resourceNode(this.#env.nodes), { id: this.#asked, op, context });
  }

  /** The node by which this client has the lock, as far as it knows. */
  #holding(key: string): Own | undefined {
    const own = this.#own;
    return own !== undefined && own.key === key && own.token !== undefined && this.#trusts(own.session)
      ? own
      : undefined;
  }

  #trusts(session: Session): boolean {
    return this.#settings.holder === "checks-clock" ? session.isSafe() : !session.expired;
  }

  #ask(command: Command, onAnswer: (outcome: Outcome, sentMs: number) => void): void {
    this.#calls.ask(command as unknown as Invocation, onAnswer);
  }
}

const notHeld = (key: string): Outcome =>
  failed("precondition-failed", `the client does not hold ${key}, or its session may have expired`);
