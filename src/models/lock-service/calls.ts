import type { Invocation, NodeId, Outcome } from "../../core/operation.ts";
import type { ClientEnv, Reply } from "../../core/replica.ts";
import type { ReplyContext } from "./messages.ts";

/** Shortest and longest silence after which a request is repeated elsewhere, milliseconds: as patient as a follower. */
const MIN_SILENCE_MS = 150;
const MAX_SILENCE_MS = 300;
/** Pause after all nodes have refused in turn. */
const PAUSE_MS = 50;

/** @param sentMs when the request left that was answered, monotonic milliseconds. */
type OnAnswer = (outcome: Outcome, sentMs: number) => void;

interface Current {
  readonly op: Invocation;
  readonly onAnswer: OnAnswer;
  /** When each of its requests left. */
  readonly sent: Map<number, number>;
  refusals: number;
}

/**
 * One command at a time to whoever leads, again and again until it is answered: commands bear that. Several of these share a
 * client, each with a timer of its own.
 */
export class Calls {
  readonly #env: ClientEnv;
  readonly #timer: string;
  readonly #nextId: () => number;
  #leader: NodeId;
  #current: Current | undefined;
  #lastId = 0;

  constructor(env: ClientEnv, timer: string, nextId: () => number) {
    this.#env = env;
    this.#timer = timer;
    this.#nextId = nextId;
    this.#leader = env.node;
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  /** Asks; what was asked before and is not answered yet is given up. */
  ask(op: Invocation, onAnswer: OnAnswer): void {
    this.#current = { op, onAnswer, sent: new Map(), refusals: 0 };
    this.#send(this.#current);
  }

  giveUp(): void {
    this.#current = undefined;
    this.#env.clearTimer(this.#timer);
  }

  onReply(from: NodeId, id: number, { outcome, context }: Reply): void {
    const current = this.#current;
    const sentMs = current?.sent.get(id);
    if (current === undefined || sentMs === undefined) return;
    if (outcome.type === "info" || (outcome.type === "fail" && REFUSALS.has(outcome.error.name))) {
      if (id === this.#lastId) this.#refused(current, from, (context ?? {}) as ReplyContext);
      return;
    }
    this.#leader = from;
    this.giveUp();
    current.onAnswer(outcome, sentMs);
  }

  onTimer(): void {
    if (this.#current === undefined) return;
    if (this.#current.refusals === 0) this.#moveOn();
    this.#send(this.#current);
  }

  #refused(current: Current, from: NodeId, { leader }: ReplyContext): void {
    if (leader && leader !== from) this.#leader = leader;
    else this.#moveOn();
    current.refusals++;
    if (current.refusals % this.#env.nodes.length > 0) this.#send(current);
    else this.#env.setTimer(this.#timer, PAUSE_MS * (1 + this.#env.random()));
  }

  #moveOn(): void {
    const { nodes } = this.#env;
    this.#leader = nodes[(nodes.indexOf(this.#leader) + 1) % nodes.length] ?? this.#leader;
  }

  #send(current: Current): void {
    this.#lastId = this.#nextId();
    current.sent.set(this.#lastId, this.#env.monoMs());
    this.#env.send(this.#leader, { id: this.#lastId, op: current.op, context: null });
    this.#env.setTimer(this.#timer, MIN_SILENCE_MS + this.#env.random() * (MAX_SILENCE_MS - MIN_SILENCE_MS));
  }
}

/** Refusals of the protocol, as opposed to answers of the state machine. */
const REFUSALS: ReadonlySet<string> = new Set(["temporarily-unavailable", "node-not-found"]);
