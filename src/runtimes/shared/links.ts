import type { Delay, DirectedLinks, LinkQuality } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Random } from "../../core/random.ts";
import { msToNs } from "../../core/time.ts";

/** One direction between two nodes, as partitions and bad links see it. */
export interface FaultyLink {
  readonly src: NodeId;
  readonly dest: NodeId;
  /** How many partitions cut it. */
  cuts: number;
  quality: LinkQuality;
}

/** The partitions and bad links in force. They stack, and end in any order. */
export class LinkFaults<L extends FaultyLink> {
  readonly #links: readonly L[];
  readonly #base: LinkQuality;
  readonly #degradations: { readonly links: ReadonlySet<L>; readonly quality: LinkQuality }[] = [];

  /** @param base how messages fare when nothing is broken. */
  constructor(links: readonly L[], base: LinkQuality) {
    this.#links = links;
    this.#base = base;
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
    const degradation = { links: new Set(links ? this.#select(links) : this.#links), quality };
    this.#degradations.push(degradation);
    this.#setQualities();
    return () => {
      this.#degradations.splice(this.#degradations.indexOf(degradation), 1);
      this.#setQualities();
    };
  }

  #setQualities(): void {
    for (const link of this.#links) {
      const over = this.#degradations.filter((degradation) => degradation.links.has(link));
      link.quality = Object.assign({}, this.#base, ...over.map((degradation) => degradation.quality));
    }
  }

  #select(drops: DirectedLinks): L[] {
    return this.#links.filter(({ src, dest }) => drops[dest]?.includes(src));
  }
}

/** How much longer a message travels that later ones are to overtake: some multiple of what they are likely to need. */
export function holdBackNs(delay: Delay | undefined, random: Random): number {
  return Math.round(msToNs(Math.max(1, delay ? meanMs(delay) : 0)) * (2 + 3 * random.unit()));
}

/** The mean of a delay; the cap of a long tail hardly moves it. */
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
