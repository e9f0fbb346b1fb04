import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import type { Copy } from "./copies.ts";
import type { PeerMessage } from "./messages.ts";
import type { Ring } from "./ring.ts";
import { Round } from "./round.ts";
import { ASK_MS, RESEND_MS, type Settings, STORE_MS } from "./settings.ts";
import type { Store } from "./store.ts";

export const ROUNDS_TIMER = "rounds";
const LIFE = "life";

/** What each node that has answered has of the key. */
export type Answers = ReadonlyMap<NodeId, Copy | undefined>;

export interface Asking {
  /** Answers that are enough. */
  readonly need: number;
  /** Waits for the others, too, when enough have answered. */
  readonly lingers?: boolean;
  /** Nobody may stand in for a home. */
  readonly homesOnly?: boolean;
  enough(answers: Answers): void;
  /** Too few have answered in time. */
  late(): void;
  /** Nothing more is waited for, and enough have answered. */
  over?(answers: Answers): void;
}

export interface Storing {
  /** Nodes that have it already. */
  readonly upToDate?: readonly NodeId[];
  /** It is no new write, but what a read has found. */
  readonly repair?: true;
  enough(): void;
  late?(): void;
}

/** A coordinator's open questions, by name. All of them are lost in a crash. */
export class Rounds {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #ring: Ring;
  readonly #store: Store;
  readonly #open = new Map<string, Round<Copy | undefined>>();
  /** How often this node has started: what is named in one life is never named again. */
  readonly #life: number;
  #named = 0;

  constructor(env: Env, settings: Settings, ring: Ring, store: Store) {
    this.#env = env;
    this.#settings = settings;
    this.#ring = ring;
    this.#store = store;
    this.#life = ((env.disk.read(LIFE) ?? 0) as number) + 1;
    env.disk.write(LIFE, this.#life);
    env.disk.sync();
  }

  /** This life of this node, and a number that it has not given before. */
  name(): readonly [life: string, serial: number] {
    this.#named++;
    return [`${this.#env.id}/${this.#life}`, this.#named];
  }

  /** Asks the nodes of a key for what they have. */
  ask(key: string, { need, lingers = false, homesOnly = false, enough, late, over }: Asking): void {
    this.#begin(key, {
      need,
      lingers,
      homesOnly,
      forMs: ASK_MS,
      ask: (node, round) => {
        if (node === this.#env.id) this.onAnswer(node, round, this.#store.copy(key));
        else this.#send(node, { type: "ask", round, key });
      },
      enough,
      over: (answers, isEnough) => {
        if (!isEnough) late();
        else over?.(answers);
      },
    });
  }

  /** Has W of the nodes of a key keep a copy, and the others if they can. */
  store(key: string, copy: Copy, { upToDate = [], repair, enough, late }: Storing): void {
    const { w, bug } = this.#settings;
    const settled = new Map(upToDate.map((node) => [node, copy]));
    this.#begin(
      key,
      {
        need: w,
        lingers: true,
        homesOnly: false,
        forMs: STORE_MS,
        ask: (node, round, hint) => {
          if (node !== this.#env.id) {
            const marks = { ...(hint === undefined ? {} : { hint }), ...(repair === undefined ? {} : { repair }) };
            this.#send(node, { type: "store", round, key, copy, ...marks });
            return;
          }
          this.#store.keep(key, copy, hint);
          if (bug !== "acknowledged-before-disk") this.#env.disk.sync();
          this.onAnswer(node, round, copy);
        },
        enough,
        over: (_, isEnough) => {
          if (!isEnough) late?.();
        },
      },
      settled,
    );
  }

  onAnswer(from: NodeId, name: string, copy: Copy | undefined): void {
    const round = this.#open.get(name);
    round?.onAnswer(from, copy);
    if (round?.isOver) this.#open.delete(name);
  }

  onTimer(): void {
    const nowMs = this.#env.monoMs();
    for (const [name, round] of [...this.#open]) {
      round.onTick(nowMs);
      if (round.isOver) this.#open.delete(name);
    }
    if (this.#open.size > 0) this.#env.setTimer(ROUNDS_TIMER, RESEND_MS);
  }

  #begin(
    key: string,
    options: {
      readonly need: number;
      readonly lingers: boolean;
      readonly homesOnly: boolean;
      readonly forMs: number;
      ask(node: NodeId, round: string, home: NodeId | undefined): void;
      enough(answers: Answers): void;
      over(answers: Answers, isEnough: boolean): void;
    },
    known?: Answers,
  ): void {
    const { members, bug } = this.#settings;
    const { need, lingers, homesOnly, forMs, ask, enough, over } = options;
    const nowMs = this.#env.monoMs();
    const range = this.#ring.rangeOf(key);
    const homes = this.#ring.homes(range);
    const name = this.name().join(".");
    const round = new Round<Copy | undefined>(
      {
        homes,
        standIns: members === "sloppy" && !homesOnly ? this.#ring.walk(range).slice(homes.length) : [],
        need,
        untilMs: nowMs + forMs,
        lingers,
        ask: (node, home) => ask(node, name, home),
        enough,
        over,
        countsTwice: bug === "answers-counted-twice",
      },
      nowMs,
    );
    if (this.#open.size === 0) this.#env.setTimer(ROUNDS_TIMER, RESEND_MS);
    this.#open.set(name, round);
    round.start(known);
    if (round.isOver) this.#open.delete(name);
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#env.send(to, message);
  }
}
