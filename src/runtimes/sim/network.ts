import type { ClusterEvents, MessageEvent } from "../../core/cluster.ts";
import { drawDelayNs } from "../../core/delay.ts";
import type { Delay, LinkQuality } from "../../core/fault.ts";
import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import { Random } from "../../core/random.ts";
import type { Message } from "../../core/replica.ts";
import { type FaultyLink, holdBackNs, LinkFaults } from "../shared/links.ts";
import type { Effect, Input, SimNode } from "./node.ts";
import type { Happening } from "./queue.ts";
import type { VirtualTime } from "./time.ts";

export const DEFAULT_DELAY: Delay = { kind: "uniform", minMs: 0.5, maxMs: 2 };

/** Counts over the whole run; each between nodes only, but for the last two. */
export interface NetworkCounts {
  /** Messages handed over. */
  messages: number;
  /** Arrivals, duplicates included. */
  delivered: number;
  dropped: number;
  duplicated: number;
  reordered: number;
  requests: number;
  replies: number;
}

/** Messages between nodes: one directed link for each pair, each with its own stream of random numbers. */
export class Network {
  readonly counts: NetworkCounts = {
    messages: 0,
    delivered: 0,
    dropped: 0,
    duplicated: 0,
    reordered: 0,
    requests: 0,
    replies: 0,
  };
  readonly time: VirtualTime;
  readonly base: LinkQuality;
  readonly #links: Link[] = [];
  /** Partitions and bad links. */
  readonly faults: LinkFaults<Link>;
  readonly #onMessage: ClusterEvents["onMessage"];
  #nextMessage = 0;

  constructor(time: VirtualTime, base: LinkQuality, events: ClusterEvents) {
    this.time = time;
    this.base = base;
    this.faults = new LinkFaults(this.#links, base);
    this.#onMessage = events.onMessage?.bind(events);
  }

  /** Connects every node with every other. */
  connect(nodes: readonly SimNode[], seed: number): void {
    for (const from of nodes)
      for (const to of nodes) {
        if (from === to) continue;
        const link = new Link(this, from.id, to, new Random(seed, `link ${from.id} ${to.id}`));
        this.#links.push(link);
        from.links.set(to.id, link);
      }
  }

  /** Gives a message its number in the run. */
  number(): number {
    return this.#nextMessage++;
  }

  /** Tells the run's observer, if there is one; `body` is only asked for then. */
  tell(event: MessageEvent["event"], id: number, src: NodeId, dest: NodeId, body: () => Json): void {
    this.#onMessage?.({ atNs: this.time.nowNs, event, id, src, dest, body: body() });
  }
}

/** One direction between two nodes. */
export class Link implements FaultyLink {
  readonly network: Network;
  readonly src: NodeId;
  readonly to: SimNode;
  /** How many partitions cut it. */
  cuts = 0;
  readonly #random: Random;
  #delay: Delay = DEFAULT_DELAY;
  #loss = 0;
  #duplicate = 0;
  #reorder = 0;

  constructor(network: Network, src: NodeId, to: SimNode, random: Random) {
    this.network = network;
    this.src = src;
    this.to = to;
    this.#random = random;
    this.quality = network.base;
  }

  get dest(): NodeId {
    return this.to.id;
  }

  get quality(): LinkQuality {
    return { delay: this.#delay, loss: this.#loss, duplicate: this.#duplicate, reorder: this.#reorder };
  }

  set quality({ delay = DEFAULT_DELAY, loss = 0, duplicate = 0, reorder = 0 }: LinkQuality) {
    this.#delay = delay;
    this.#loss = loss;
    this.#duplicate = duplicate;
    this.#reorder = reorder;
  }

  transmit(flight: MessageFlight): void {
    const { counts } = this.network;
    counts.messages++;
    flight.id = this.network.number();
    flight.tell("send");
    if (this.cuts > 0 || this.#random.chance(this.#loss)) {
      flight.drop();
      return;
    }
    this.network.time.push(this.#draw(), flight);
    if (this.#random.chance(this.#duplicate)) {
      counts.duplicated++;
      this.network.time.push(this.#draw(), flight);
    }
  }

  #draw(): number {
    const delayNs = drawDelayNs(this.#delay, this.#random);
    if (!this.#random.chance(this.#reorder)) return delayNs;
    this.network.counts.reordered++;
    return delayNs + holdBackNs(this.#delay, this.#random);
  }
}

/** A message between nodes, from the handler that sends it to the handler that receives it. */
export class MessageFlight implements Effect, Happening, Input {
  id = -1;
  readonly #link: Link;
  readonly #message: Message;

  constructor(link: Link, message: Message) {
    this.#link = link;
    this.#message = message;
  }

  leave(): void {
    this.#link.transmit(this);
  }

  happen(): void {
    const link = this.#link;
    if (link.cuts > 0 || !link.to.up) {
      this.drop();
      return;
    }
    link.network.counts.delivered++;
    this.tell("recv");
    link.to.accept(this);
  }

  handle(node: SimNode): void {
    node.replica.onMessage(this.#link.src, this.#message);
  }

  drop(): void {
    this.#link.network.counts.dropped++;
    this.tell("drop");
  }

  tell(event: MessageEvent["event"]): void {
    this.#link.network.tell(event, this.id, this.#link.src, this.#link.to.id, () => this.#message);
  }
}
