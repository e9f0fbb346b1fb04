import type { NodeId } from "../../core/operation.ts";
import type { Disk, Env } from "../../core/replica.ts";
import type { VersionVector } from "../shared/clocks/siblings.ts";
import { eventsOf, NO_EVENTS } from "../shared/clocks/vector-clock.ts";
import type { Write } from "./messages.ts";
import type { Topology } from "./topology.ts";

const LOG = "writes";

/**
 * All writes that a node has, on disk, in the order in which it got them; and what of them goes to each neighbour, in the
 * same order. How much of a neighbour's stream was received follows from it, so there is no position that could disagree
 * with the data (as MySQL's `relay-log.info` could after a crash).
 */
export class Journal {
  readonly #id: NodeId;
  readonly #disk: Disk;
  readonly #topology: Topology;
  readonly #writes: Write[] = [];
  readonly #streams: ReadonlyMap<NodeId, Write[]>;
  #has: VersionVector = NO_EVENTS;
  #latest = 0;

  constructor({ id, disk }: Pick<Env, "id" | "disk">, topology: Topology) {
    this.#id = id;
    this.#disk = disk;
    this.#topology = topology;
    this.#streams = new Map(topology.neighbours(id).map((to): [NodeId, Write[]] => [to, []]));
    for (const write of [...disk.records(LOG)] as unknown as Write[]) this.#remember(write);
  }

  /** Oldest first. */
  get writes(): readonly Write[] {
    return this.#writes;
  }

  /** How many writes of each node are here. */
  get has(): VersionVector {
    return this.#has;
  }

  /** The latest logical time of a write. */
  get latest(): number {
    return this.#latest;
  }

  get neighbours(): readonly NodeId[] {
    return [...this.#streams.keys()];
  }

  /** What goes to a neighbour. */
  streamTo(to: NodeId): readonly Write[] {
    const stream = this.#streams.get(to);
    if (stream === undefined) throw new Error(`${to} is no neighbour of ${this.#id}`);
    return stream;
  }

  /** How many writes of a neighbour's stream are here. */
  receivedFrom(from: NodeId): number {
    const origins = Object.keys(this.#has).filter((origin) => this.#topology.carries(from, this.#id, origin));
    return origins.reduce((sum, origin) => sum + eventsOf(this.#has, origin), 0);
  }

  /** Takes the next write of its origin. Does not sync. */
  append(write: Write): void {
    this.#disk.append(LOG, write);
    this.#remember(write);
  }

  #remember(write: Write): void {
    const { origin, number, time } = write;
    this.#writes.push(write);
    this.#has = { ...this.#has, [origin]: number };
    this.#latest = Math.max(this.#latest, time);
    for (const [to, stream] of this.#streams) if (this.#topology.carries(this.#id, to, origin)) stream.push(write);
  }
}
