import type { ClusterEvents, MessageEvent } from "../../core/cluster.ts";
import { drawDelayNs } from "../../core/delay.ts";
import type { Delay, DirectedLinks, LinkQuality } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import { Random } from "../../core/random.ts";
import type { Message } from "../../core/replica.ts";
import { msToNs } from "../../core/time.ts";
import type { RealTime } from "./time.ts";

export interface NetworkOptions {
  readonly nodes: readonly NodeId[];
  readonly seed: number;
  /** How messages between nodes fare when nothing is broken. Pipes have a delay of their own: the default adds none. */
  readonly base: LinkQuality;
  readonly events: ClusterEvents;
  /** Hands a message to a node; false if nobody listens there. */
  deliver(src: NodeId, dest: NodeId, body: Message): boolean;
}

/** One direction between two nodes. */
interface Link {
  readonly src: NodeId;
  readonly dest: NodeId;
  /** Which messages are lost and for how long they travel is drawn from here. */
  readonly random: Random;
  /** How many partitions cut it. */
  cuts: number;
  quality: LinkQuality;
}

interface Degradation {
  readonly links: ReadonlySet<Link>;
  readonly quality: LinkQuality;
}

/** The harness as the network between its nodes: every message passes here and can be lost, held up, doubled. */
export class Network {
  readonly #time: RealTime;
  readonly #options: NetworkOptions;
  readonly #links = new Map<NodeId, Map<NodeId, Link>>();
  readonly #degradations: Degradation[] = [];
  #nextMessage = 0;

  constructor(time: RealTime, options: NetworkOptions) {
    this.#time = time;
    this.#options = options;
    const { nodes, seed, base } = options;
    for (const src of nodes) {
      const links = nodes.map((dest): Link => {
        return { src, dest, random: new Random(seed, `link ${src} ${dest}`), cuts: 0, quality: base };
      });
      this.#links.set(src, new Map(links.map((link) => [link.dest, link])));
    }
  }

  /** Takes a message between nodes. One that a node sends to itself meets no fault. */
  send(src: NodeId, dest: NodeId, body: Message): void {
    const link = this.#links.get(src)?.get(dest);
    if (!link) throw new Error(`there is no link from ${src} to ${dest}`);
    const id = this.number();
    this.tell("send", id, src, dest, body);
    if (src === dest) {
      this.#arrive(link, id, body);
      return;
    }
    const { loss = 0, duplicate = 0 } = link.quality;
    if (link.cuts > 0 || link.random.chance(loss)) {
      this.tell("drop", id, src, dest, body);
      return;
    }
    this.#travel(link, id, body);
    if (link.random.chance(duplicate)) this.#travel(link, id, body);
  }

  /** Gives a message its number in the run. */
  number(): number {
    return this.#nextMessage++;
  }

  tell(event: MessageEvent["event"], id: number, src: NodeId, dest: NodeId, body: Message): void {
    this.#options.events.onMessage?.({ atNs: this.#time.nowNs(), event, id, src, dest, body });
  }

  /** Cuts links; returns a way to mend them. A link is whole when everyone who cut it has mended it. */
  cut(drops: DirectedLinks): () => void {
    const cut = this.#select(drops);
    for (const link of cut) link.cuts++;
    return () => {
      for (const link of cut) link.cuts--;
    };
  }

  /** Changes the quality of links (all, by default); returns the way back. Where several do, the latest prevails. */
  degrade(links: DirectedLinks | undefined, quality: LinkQuality): () => void {
    const degradation: Degradation = { links: new Set(links ? this.#select(links) : this.#all()), quality };
    this.#degradations.push(degradation);
    this.#setQualities();
    return () => {
      this.#degradations.splice(this.#degradations.indexOf(degradation), 1);
      this.#setQualities();
    };
  }

  #setQualities(): void {
    for (const link of this.#all()) {
      const over = this.#degradations.filter((degradation) => degradation.links.has(link));
      link.quality = Object.assign({}, this.#options.base, ...over.map((degradation) => degradation.quality));
    }
  }

  #travel(link: Link, id: number, body: Message): void {
    const delayNs = this.#drawNs(link);
    if (delayNs === 0) this.#arrive(link, id, body);
    else this.#time.after(delayNs, () => this.#arrive(link, id, body));
  }

  #drawNs({ quality: { delay, reorder = 0 }, random }: Link): number {
    const delayNs = delay ? drawDelayNs(delay, random) : 0;
    if (!random.chance(reorder)) return delayNs;
    // Long enough for those behind it to overtake: some multiple of what they are likely to need.
    return delayNs + Math.round(msToNs(Math.max(1, delay ? meanMs(delay) : 0)) * (2 + 3 * random.unit()));
  }

  #arrive({ src, dest, cuts }: Link, id: number, body: Message): void {
    const arrived = cuts === 0 && this.#options.deliver(src, dest, body);
    this.tell(arrived ? "recv" : "drop", id, src, dest, body);
  }

  #select(drops: DirectedLinks): Link[] {
    return this.#all().filter(({ src, dest }) => drops[dest]?.includes(src));
  }

  #all(): Link[] {
    return [...this.#links.values()].flatMap((links) => [...links.values()]);
  }
}

/** The mean of a delay; the cap of a long tail is ignored. */
function meanMs(delay: Delay): number {
  switch (delay.kind) {
    case "constant":
      return delay.ms;
    case "uniform":
      return (delay.minMs + delay.maxMs) / 2;
    case "exponential":
      return delay.meanMs;
    case "long-tail":
      return Math.min(delay.maxMs, 2 * delay.minMs);
  }
}
