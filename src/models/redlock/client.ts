import type { Invocation, NodeId, Outcome } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import { isOfResource, type ResourceContext, resourceNode } from "../shared/guarded-resource.ts";
import { majorityOf } from "../shared/majority.ts";
import { deleteOp, failed, ok, setOp } from "./messages.ts";
import { ATTEMPT_MS, DRIFT_MS, MAX_REST_MS, MIN_REST_MS, PATIENCE_MS, type Settings, TTL_MS } from "./settings.ts";

const ATTEMPT_TIMER = "attempt";
const REST_TIMER = "rest";

/** A lock that this client has, as far as it knows. */
interface Held {
  readonly value: string;
  readonly token: number;
  /** Its validity time is over then, monotonic milliseconds. */
  readonly untilMs: number;
}

/** The nodes' answers to one attempt. */
interface Attempt {
  readonly value: string;
  readonly startedMs: number;
  /** Ids of its requests, from this one on. */
  readonly firstId: number;
  readonly tokens: number[];
  refusals: number;
}

interface Acquiring {
  readonly key: string;
  readonly giveUpMs: number;
  attempt: Attempt | undefined;
}

/**
 * A client of the algorithm ("Distributed Locks with Redis", "The Redlock Algorithm"): it sets the key on all nodes under a
 * value of its own, and has the lock if a majority took it and time is left. It looks at its clock before each use: a lock
 * whose validity time is over is lost.
 */
export class RedlockClient implements Client {
  readonly #env: ClientEnv;
  readonly #settings: Settings;
  readonly #held = new Map<string, Held>();
  #acquiring: Acquiring | undefined;
  /** The id of the request to the resource that is under way. */
  #asked: number | undefined;
  #lastId = 0;
  #attempts = 0;

  constructor(env: ClientEnv, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
  }

  onInvoke(op: Invocation): void {
    const { f, key = "" } = op;
    if (f === "acquire") {
      this.#acquiring = { key, giveUpMs: this.#env.monoMs() + PATIENCE_MS, attempt: undefined };
      this.#try(this.#acquiring);
    } else if (f === "release") this.#release(key);
    else if (isOfResource(f)) this.#use(op);
    else this.#env.complete(failed("not-supported", `a lock has no ${f}`));
  }

  onReply(_from: NodeId, id: number, { outcome }: Reply): void {
    if (id === this.#asked) {
      this.#asked = undefined;
      this.#env.complete(outcome);
      return;
    }
    const attempt = this.#acquiring?.attempt;
    if (this.#acquiring === undefined || attempt === undefined || id < attempt.firstId) return;
    if (outcome.type === "ok") attempt.tokens.push(Number(outcome.value));
    else attempt.refusals++;
    this.#count(this.#acquiring, attempt);
  }

  onTimer(name: string): void {
    if (this.#acquiring === undefined) return;
    if (name === REST_TIMER) this.#try(this.#acquiring);
    else if (this.#acquiring.attempt) this.#giveBack(this.#acquiring, this.#acquiring.attempt);
  }

  /** A value that no attempt has used before: a late `delete` of one must not meet the key of the next. */
  #try(acquiring: Acquiring): void {
    const value = `${this.#env.process}.${++this.#attempts}`;
    const startedMs = this.#env.monoMs();
    acquiring.attempt = { value, startedMs, firstId: this.#lastId + 1, tokens: [], refusals: 0 };
    this.#tellAll(setOp(acquiring.key, value));
    this.#env.setTimer(ATTEMPT_TIMER, ATTEMPT_MS);
  }

  #count(acquiring: Acquiring, attempt: Attempt): void {
    const { nodes } = this.#env;
    const quorum = this.#settings.bug === "half-suffices" ? Math.floor(nodes.length / 2) : majorityOf(nodes.length);
    if (attempt.tokens.length >= quorum) this.#granted(acquiring, attempt);
    else if (attempt.refusals > nodes.length - quorum) this.#giveBack(acquiring, attempt);
  }

  /** The time that the attempt took is part of what the nodes count down. */
  #granted(acquiring: Acquiring, { value, startedMs, tokens }: Attempt): void {
    const nowMs = this.#env.monoMs();
    const sinceMs = this.#settings.bug === "elapsed-ignored" ? nowMs : startedMs;
    const untilMs = sinceMs + TTL_MS - DRIFT_MS;
    if (nowMs >= untilMs) {
      if (acquiring.attempt) this.#giveBack(acquiring, acquiring.attempt);
      return;
    }
    const token = Math.max(...tokens);
    this.#held.set(acquiring.key, { value, token, untilMs });
    this.#acquired(ok(token));
  }

  /** Deletes what was set, also where no answer came, and tries again if there is time. */
  #giveBack(acquiring: Acquiring, { value }: Attempt): void {
    acquiring.attempt = undefined;
    this.#env.clearTimer(ATTEMPT_TIMER);
    this.#tellAll(deleteOp(acquiring.key, value));
    const restMs = MIN_REST_MS + this.#env.random() * (MAX_REST_MS - MIN_REST_MS);
    if (this.#env.monoMs() + restMs < acquiring.giveUpMs) this.#env.setTimer(REST_TIMER, restMs);
    else this.#acquired(failed("temporarily-unavailable", "no majority of the nodes granted the lock"));
  }

  #acquired(outcome: Outcome): void {
    this.#acquiring = undefined;
    this.#env.clearTimer(ATTEMPT_TIMER);
    this.#env.complete(outcome);
  }

  #release(key: string): void {
    const held = this.#held.get(key);
    this.#held.delete(key);
    if (held !== undefined) this.#tellAll(deleteOp(key, held.value));
    this.#env.complete(this.#isValid(held) ? ok(null) : notHeld(key));
  }

  #use(op: Invocation): void {
    const { key = "", f } = op;
    const held = this.#held.get(key);
    if (f === "write" && !this.#isValid(held)) {
      this.#env.complete(notHeld(key));
      return;
    }
    this.#asked = ++this.#lastId;
    const context: ResourceContext = { token: held?.token ?? 0 };
    this.#env.send(resourceNode(this.#env.nodes), { id: this.#asked, op, context });
  }

  #isValid(held: Held | undefined): held is Held {
    return held !== undefined && this.#env.monoMs() < held.untilMs;
  }

  #tellAll(op: Invocation): void {
    for (const node of this.#env.nodes) this.#env.send(node, { id: ++this.#lastId, op, context: null });
  }
}

const notHeld = (key: string): Outcome =>
  failed("precondition-failed", `the client does not hold ${key}, or its validity time is over`);
