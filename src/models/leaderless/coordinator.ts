import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";
import { put, type Siblings, sync, type VersionVector } from "../shared/clocks/siblings.ts";
import { merge } from "../shared/clocks/vector-clock.ts";
import { type Copy, covers, elementsOf, type Merge, seenIn, siblingsOf, timeOf, valueShown } from "./copies.ts";
import type { PeerMessage, ReplyContext, RequestContext } from "./messages.ts";
import type { Ring } from "./ring.ts";
import type { Answers, Rounds } from "./rounds.ts";
import type { Settings } from "./settings.ts";
import type { Store } from "./store.ts";

/** What a coordinator works with. */
export interface Place {
  readonly env: Env;
  readonly settings: Settings;
  readonly ring: Ring;
  readonly store: Store;
  readonly rounds: Rounds;
  readonly merge: Merge;
}

/**
 * Serves clients for any key, home of it or not (Dynamo, §4.5): reads ask R nodes and mend those they find behind, writes are
 * stored by W nodes.
 */
export class Coordinator {
  readonly #place: Place;
  /** The bug `counters-in-memory`. */
  readonly #counters = new Map<string, number>();

  constructor(place: Place) {
    this.#place = place;
  }

  onRequest(request: Request): void {
    const { settings, store } = this.#place;
    const { f, key = "", final } = request.op;
    if (f === "read" && final && store.isHome(key)) this.#answer(request, store.copy(key));
    else if (f === "read") this.#read(request, key);
    else if (f === "write" && (settings.versions === "siblings" || this.#asksForStamps()))
      this.#askFirst(request, key, (found) => this.#write(request, key, found));
    else if (f === "write") this.#write(request, key, undefined);
    else if (f === "add" && settings.writeBack === "off")
      this.#askFirst(request, key, (found) => this.#add(request, key, found));
    else {
      const text = `registers${settings.writeBack === "off" ? " and sets" : ""} without consensus have no ${f}`;
      this.#place.env.reply(request, { outcome: { type: "fail", error: { name: "not-supported", text } } });
    }
  }

  #asksForStamps(): boolean {
    const { writeBack, bug } = this.#place.settings;
    return writeBack === "abd" && bug !== "stamps-by-wall-clock";
  }

  /** Of a read that wants this node's own copy, all homes are asked where this node is none, and nothing is mended. */
  #read(request: Request, key: string): void {
    const { settings, rounds } = this.#place;
    const { n, r, writeBack, repair } = settings;
    const homesOnly = request.op.final === true;
    const mends = !homesOnly && writeBack === "off" && repair === "read-repair";
    rounds.ask(key, {
      need: homesOnly ? n : r,
      lingers: mends,
      homesOnly,
      enough: (answers) => {
        const found = this.#united(answers);
        if (found === undefined || homesOnly || writeBack === "off") this.#answer(request, found);
        else this.#writeBack(request, key, found, answers);
      },
      late: () => this.#refuse(request),
      ...(mends ? { over: (answers: Answers) => this.#mend(key, answers) } : {}),
    });
  }

  #askFirst(request: Request, key: string, then: (found: Copy | undefined) => void): void {
    const { settings, rounds } = this.#place;
    rounds.ask(key, {
      need: settings.r,
      enough: (answers) => then(this.#united(answers)),
      late: () => this.#refuse(request),
    });
  }

  /** Attiya, Bar-Noy & Dolev 1995, §3: no later read may find less, so W nodes must have it before this one answers. */
  #writeBack(request: Request, key: string, found: Copy, answers: Answers): void {
    const { settings, rounds } = this.#place;
    const upToDate = [...answers.keys()].filter((node) => covers(answers.get(node), found));
    if (upToDate.length >= settings.w || settings.bug === "write-back-skipped") {
      this.#answer(request, found);
      return;
    }
    rounds.store(key, found, {
      upToDate,
      repair: true,
      enough: () => this.#answer(request, found),
      late: () => this.#refuse(request),
    });
  }

  #write(request: Request, key: string, found: Copy | undefined): void {
    const { input } = request.op;
    if (this.#place.settings.versions === "lww") {
      this.#storeStamped(request, key, found, input);
      return;
    }
    const here = this.#here(key, found);
    // The session may have seen what R nodes need not have: that must not come back over this write.
    this.#storeSibling(request, key, here, merge(seenIn(here), seenBy(request)), input);
  }

  /** Dynamo's shopping cart (§4.4): the new set is all that was found, united, and the element. */
  #add(request: Request, key: string, found: Copy | undefined): void {
    const { input } = request.op;
    const { versions } = this.#place.settings;
    const base = versions === "lww" ? found : this.#here(key, found);
    const elements = elementsOf(base);
    const set = elements.includes(input) ? elements : [...elements, input];
    if (versions === "lww") this.#storeStamped(request, key, found, set);
    else this.#storeSibling(request, key, siblingsOf(base), seenIn(base), set);
  }

  /** The siblings that were found, and those that this node has. */
  #here(key: string, found: Copy | undefined): Siblings {
    return sync(siblingsOf(this.#place.store.copy(key)), siblingsOf(found));
  }

  #storeStamped(request: Request, key: string, found: Copy | undefined, value: Json): void {
    const { env, rounds } = this.#place;
    const time = this.#asksForStamps() ? timeOf(found) + 1 : env.wallMs();
    this.#store(request, key, { stamp: [time, ...rounds.name()], value }, {});
  }

  /**
   * The new sibling travels with all others that this node has, and this node keeps them, home or not: only so does its
   * number stand for all of its earlier ones (see `Siblings`).
   */
  #storeSibling(request: Request, key: string, here: Siblings, context: VersionVector, value: Json): void {
    const { env, store } = this.#place;
    const copy = store.keep(key, this.#put(key, here, context, value));
    env.disk.sync();
    this.#store(request, key, copy, seenIn(copy));
  }

  #put(key: string, here: Siblings, context: VersionVector, value: Json): Siblings {
    const { env, settings } = this.#place;
    if (settings.bug !== "counters-in-memory") return put(here, { node: env.id, writes: 0, context, value }).siblings;
    const count = (this.#counters.get(key) ?? 0) + 1;
    this.#counters.set(key, count);
    return sync(here, [{ dot: [env.id, count], context, value }]);
  }

  #store(request: Request, key: string, copy: Copy, seen: VersionVector): void {
    const { env, settings, rounds } = this.#place;
    const context: ReplyContext = { seen };
    rounds.store(key, copy, {
      enough: () => {
        // Sloppy quorums may count a hint, and once it was handed over its home as well.
        if (settings.members === "strict") env.trace("acknowledged", { key, copy, nodes: settings.w });
        env.reply(request, { outcome: { type: "ok", value: null }, context });
      },
    });
  }

  #answer(request: Request, copy: Copy | undefined): void {
    const context: ReplyContext = { seen: seenIn(copy) };
    this.#place.env.reply(request, { outcome: { type: "ok", value: valueShown(copy) }, context });
  }

  /** Definite: nothing was written, though a read may have spread what it found. */
  #refuse(request: Request): void {
    const context: ReplyContext = { refused: true };
    const error = { name: "temporarily-unavailable", text: "too few nodes that have this key answer" } as const;
    this.#place.env.reply(request, { outcome: { type: "fail", error }, context });
  }

  /** Read repair (Dynamo, §5): homes that answered with less than what was found get it. */
  #mend(key: string, answers: Answers): void {
    const { env, store, ring } = this.#place;
    const found = this.#united(answers);
    if (found === undefined) return;
    for (const home of ring.homes(ring.rangeOf(key))) {
      if (!answers.has(home) || covers(answers.get(home), found)) continue;
      if (home !== env.id) this.#send(home, { type: "store", round: "", key, copy: found, repair: true });
      else {
        store.keep(key, found);
        env.disk.sync();
      }
    }
  }

  #united(answers: Answers): Copy | undefined {
    return [...answers.values()].reduce(
      (all, copy) => (all === undefined || copy === undefined ? (all ?? copy) : this.#place.merge(all, copy)),
      undefined,
    );
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#place.env.send(to, message);
  }
}

const seenBy = ({ context }: Request): VersionVector => ((context ?? { seen: {} }) as RequestContext).seen;
