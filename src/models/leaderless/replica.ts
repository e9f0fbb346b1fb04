import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { AntiEntropy } from "./anti-entropy.ts";
import { Coordinator } from "./coordinator.ts";
import { digestOfCopy, type Merge, mergeCopies, siblingsOf, writesKnown } from "./copies.ts";
import type { PeerMessage, Store as StoreMessage } from "./messages.ts";
import { Ring } from "./ring.ts";
import { ROUNDS_TIMER, Rounds } from "./rounds.ts";
import { COMPARE_MS, HANDOFF_MS, type Settings } from "./settings.ts";
import { Store } from "./store.ts";

const COMPARE_TIMER = "compare";
const HANDOFF_TIMER = "handoff";

/** A node of the ring: it keeps the keys of its ranges, stands in for others, and coordinates what clients ask of it. */
export class LeaderlessReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #store: Store;
  readonly #rounds: Rounds;
  readonly #coordinator: Coordinator;
  readonly #antiEntropy: AntiEntropy;

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    const ring = new Ring(env.nodes, settings.n);
    const merge = settings.bug === "vectors-compared-by-sum" ? largerSum : mergeCopies;
    const store = new Store(env, { ring, merge, hashesVersions: settings.bug !== "keys-hashed-without-versions" });
    const rounds = new Rounds(env, settings, ring, store);
    this.#store = store;
    this.#rounds = rounds;
    this.#coordinator = new Coordinator({ env, settings, ring, store, rounds, merge });
    this.#antiEntropy = new AntiEntropy(env, ring, store);
    env.setTimer(COMPARE_TIMER, COMPARE_MS);
    if (settings.members === "sloppy") env.setTimer(HANDOFF_TIMER, HANDOFF_MS);
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as PeerMessage;
    switch (message.type) {
      case "ask":
        this.#send(from, { type: "answer", round: message.round, copy: this.#store.copy(message.key) ?? null });
        break;
      case "answer":
        this.#rounds.onAnswer(from, message.round, message.copy ?? undefined);
        break;
      case "store":
        this.#onStore(from, message);
        break;
      case "stored":
        this.#rounds.onAnswer(from, message.round, undefined);
        break;
      case "handoff":
        this.#store.keep(message.key, message.copy);
        this.#env.disk.sync();
        this.#send(from, { type: "handed", key: message.key, digest: digestOfCopy(message.copy) });
        break;
      case "handed":
        this.#store.handed(from, message.key, message.digest);
        break;
      case "roots":
        this.#antiEntropy.onRoots(from, message);
        break;
      case "walk":
        this.#antiEntropy.onWalk(from, message);
        break;
      case "exchange":
        this.#antiEntropy.onExchange(from, message);
        break;
    }
  }

  onTimer(name: string): void {
    switch (name) {
      case ROUNDS_TIMER:
        this.#rounds.onTimer();
        break;
      case COMPARE_TIMER:
        this.#antiEntropy.begin();
        this.#env.setTimer(COMPARE_TIMER, COMPARE_MS);
        break;
      case HANDOFF_TIMER:
        for (const { home, key, copy } of this.#store.hints()) this.#send(home, { type: "handoff", key, copy });
        this.#env.setTimer(HANDOFF_TIMER, HANDOFF_MS);
        break;
    }
  }

  onRequest(request: Request): void {
    this.#coordinator.onRequest(request);
  }

  #onStore(from: NodeId, { round, key, copy, hint, repair }: StoreMessage): void {
    const { bug } = this.#settings;
    if (repair && bug === "repair-overwrites-newer") this.#store.replace(key, copy);
    else this.#store.keep(key, copy, hint);
    if (bug !== "acknowledged-before-disk") this.#env.disk.sync();
    this.#send(from, { type: "stored", round });
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#env.send(to, message);
  }
}

/** The bug `vectors-compared-by-sum`. */
const largerSum: Merge = (a, b) => (writesKnown(siblingsOf(b)) > writesKnown(siblingsOf(a)) ? b : a);
