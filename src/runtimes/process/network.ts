import type { ClusterEvents, MessageEvent } from "../../core/cluster.ts";
import { drawDelayNs } from "../../core/delay.ts";
import type { LinkQuality } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import { Random } from "../../core/random.ts";
import type { Message } from "../../core/replica.ts";
import { type FaultyLink, holdBackNs, LinkFaults } from "../shared/links.ts";
import type { RealTime } from "../shared/real/time.ts";

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
interface Link extends FaultyLink {
  /** Which messages are lost and for how long they travel is drawn from here. */
  readonly random: Random;
}

/** The harness as the network between its nodes: every message passes here and can be lost, held up, doubled. */
export class Network {
  readonly #time: RealTime;
  readonly #options: NetworkOptions;
  readonly #links = new Map<NodeId, Map<NodeId, Link>>();
  /** Partitions and bad links. */
  readonly faults: LinkFaults<Link>;
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
    this.faults = new LinkFaults(
      [...this.#links.values()].flatMap((links) => [...links.values()]),
      base,
    );
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

  #travel(link: Link, id: number, body: Message): void {
    const delayNs = this.#drawNs(link);
    if (delayNs === 0) this.#arrive(link, id, body);
    else this.#time.after(delayNs, () => this.#arrive(link, id, body));
  }

  #drawNs({ quality: { delay, reorder = 0 }, random }: Link): number {
    const delayNs = delay ? drawDelayNs(delay, random) : 0;
    if (!random.chance(reorder)) return delayNs;
    return delayNs + holdBackNs(delay, random);
  }

  #arrive({ src, dest, cuts }: Link, id: number, body: Message): void {
    const arrived = cuts === 0 && this.#options.deliver(src, dest, body);
    this.tell(arrived ? "recv" : "drop", id, src, dest, body);
  }
}
