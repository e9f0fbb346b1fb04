import type { NodeId } from "../../core/operation.ts";
import { RESEND_MS, SUSPECT_MS } from "./settings.ts";

/** What a round does, and with whom. */
export interface RoundOptions<Answer> {
  /** The homes of the key. */
  readonly homes: readonly NodeId[];
  /** Nodes that may stand in for homes that are silent, in the order in which they are asked. */
  readonly standIns: readonly NodeId[];
  /** Answers that are enough. */
  readonly need: number;
  readonly untilMs: number;
  /** Goes on until all have answered. Without that it is over once enough have. */
  readonly lingers: boolean;
  /** Asks a node, which stands in for `home` if that is given. May have the answer at once. */
  ask(node: NodeId, home: NodeId | undefined): void;
  /** Enough have answered; called once. */
  enough(answers: ReadonlyMap<NodeId, Answer>): void;
  /** Nothing more is waited for; `isEnough` tells whether enough ever had answered. */
  over(answers: ReadonlyMap<NodeId, Answer>, isEnough: boolean): void;
  /** Counts answers and not nodes; the bug `answers-counted-twice`. */
  readonly countsTwice: boolean;
}

/**
 * One question of a coordinator to the nodes of a key. Those that do not answer are asked again, for messages are lost; each
 * node counts once. In a sloppy quorum each home that has been silent for too long gets a stand-in (Dynamo, §4.6).
 */
export class Round<Answer> {
  readonly #options: RoundOptions<Answer>;
  readonly #startedMs: number;
  #askedMs: number;
  /** Who was asked, and for which home if it is none itself. */
  readonly #asked = new Map<NodeId, NodeId | undefined>();
  readonly #answers = new Map<NodeId, Answer>();
  #count = 0;
  #isEnough = false;
  #isOver = false;

  constructor(options: RoundOptions<Answer>, nowMs: number) {
    this.#options = options;
    this.#startedMs = nowMs;
    this.#askedMs = nowMs;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Asks all homes. Answers that are known beforehand count, and are not asked for. */
  start(known: ReadonlyMap<NodeId, Answer> = new Map()): void {
    for (const [node, answer] of known) this.#answers.set(node, answer);
    this.#count = known.size;
    for (const home of this.#options.homes) this.#asked.set(home, undefined);
    for (const home of this.#options.homes) this.#ask(home);
  }

  onAnswer(node: NodeId, answer: Answer): void {
    if (this.#isOver || !this.#asked.has(node)) return;
    if (this.#answers.has(node) && !this.#options.countsTwice) return;
    this.#answers.set(node, answer);
    this.#count++;
    if (!this.#isEnough && this.#count >= this.#options.need) {
      this.#isEnough = true;
      this.#options.enough(this.#answers);
    }
    if (this.#answers.size === this.#asked.size || (this.#isEnough && !this.#options.lingers)) this.#end();
  }

  onTick(nowMs: number): void {
    if (this.#isOver) return;
    if (nowMs >= this.#options.untilMs) {
      this.#end();
      return;
    }
    if (nowMs - this.#startedMs >= SUSPECT_MS) this.#recruit();
    if (nowMs - this.#askedMs < RESEND_MS) return;
    this.#askedMs = nowMs;
    for (const node of [...this.#asked.keys()]) this.#ask(node);
  }

  #ask(node: NodeId): void {
    if (!this.#answers.has(node) && !this.#isOver) this.#options.ask(node, this.#asked.get(node));
  }

  #recruit(): void {
    const stoodInFor = [...this.#asked.values()];
    const silent = this.#options.homes.filter((home) => !this.#answers.has(home) && !stoodInFor.includes(home));
    const free = this.#options.standIns.filter((node) => !this.#asked.has(node));
    for (const [i, node] of free.slice(0, silent.length).entries()) {
      this.#asked.set(node, silent[i]);
      this.#ask(node);
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.over(this.#answers, this.#isEnough);
  }
}
