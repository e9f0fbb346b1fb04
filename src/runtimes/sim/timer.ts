import type { Input, SimNode } from "./node.ts";
import type { Happening } from "./queue.ts";

/**
 * A node's timer. Most timers are put off again and again and hardly ever fire (an election timeout at each heartbeat),
 * so setting one that is queued already only notes the new deadline: when the queued event comes up too early, it goes
 * back into the queue for the rest. The place in the order is still that of the call that set it.
 */
export class Timer implements Happening, Input {
  readonly #node: SimNode;
  readonly #name: string;
  #armed = false;
  #deadlineNs = 0;
  /** The place in the order that the last call of `set` took. */
  #sequence = -1;
  /** The event in the queue that speaks for this timer; -1 if there is none. */
  #queuedSequence = -1;
  #queuedNs = 0;
  /** The call of `set` whose firing the node was handed; it may wait in the inbox. */
  #dueSequence = -1;

  constructor(node: SimNode, name: string) {
    this.#node = node;
    this.#name = name;
  }

  set(afterNs: number): void {
    const { time } = this.#node;
    this.#armed = true;
    this.#deadlineNs = time.nowNs + afterNs;
    this.#sequence = time.reserve();
    if (this.#queuedSequence < 0 || this.#deadlineNs < this.#queuedNs) this.#queue();
  }

  clear(): void {
    this.#armed = false;
  }

  happen(sequence: number): void {
    if (sequence !== this.#queuedSequence) return;
    this.#queuedSequence = -1;
    if (!this.#armed) return;
    if (sequence !== this.#sequence) this.#queue();
    else {
      this.#dueSequence = sequence;
      this.#node.accept(this);
    }
  }

  handle(node: SimNode): void {
    // Set again or cleared while it waited in the inbox, by a handler that ran before it.
    if (!this.#armed || this.#dueSequence !== this.#sequence) return;
    this.#armed = false;
    node.replica.onTimer(this.#name);
  }

  #queue(): void {
    const { time } = this.#node;
    this.#queuedSequence = this.#sequence;
    this.#queuedNs = this.#deadlineNs;
    time.push(this.#deadlineNs - time.nowNs, this, this.#sequence);
  }
}
