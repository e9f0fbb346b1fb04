import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Disk, Env } from "../../core/replica.ts";
import { compareLamport, type LamportStamp } from "../shared/clocks/lamport.ts";
import type { Dot, VersionVector } from "../shared/clocks/siblings.ts";
import { covers, eventsOf, increment } from "../shared/clocks/vector-clock.ts";
import type { Write } from "./messages.ts";

/** The disk's log of the writes that a node took. */
const logOf = (origin: NodeId): string => `writes-${origin}`;

/** The write that a key shows. */
export interface Shown {
  readonly dot: Dot;
  readonly write: Write;
}

/**
 * A node's writes and those of others that it has, on disk, and what of them it shows: a write only when all that it
 * depends on is shown. So what is shown is always closed under causes.
 */
export class Store {
  readonly #disk: Disk;
  readonly #ignoresDependencies: boolean;
  readonly #writes: ReadonlyMap<NodeId, Write[]>;
  readonly #shown = new Map<string, Shown>();
  #applied: VersionVector = {};
  #latest = 0;

  constructor({ disk, nodes }: Pick<Env, "disk" | "nodes">, { ignoresDependencies = false } = {}) {
    this.#disk = disk;
    this.#ignoresDependencies = ignoresDependencies;
    this.#writes = new Map(nodes.map((node): [NodeId, Write[]] => [node, [...disk.records(logOf(node))] as Write[]]));
    this.apply();
  }

  /** How many writes of each node are shown. */
  get applied(): VersionVector {
    return this.#applied;
  }

  /** The latest time of a stamp among the writes that are shown. */
  get latest(): number {
    return this.#latest;
  }

  /** How many writes of a node are here, shown or not. */
  count(origin: NodeId): number {
    return this.#of(origin).length;
  }

  /** At most `limit` writes of a node that follow the first `after`. */
  writesOf(origin: NodeId, after: number, limit: number): readonly Write[] {
    return this.#of(origin).slice(after, after + limit);
  }

  shown(key: string): Shown | undefined {
    return this.#shown.get(key);
  }

  /** Takes a node's next write, without showing it yet. Nothing here syncs. */
  add(origin: NodeId, write: Write): void {
    this.#disk.append(logOf(origin), write);
    this.#of(origin).push(write);
  }

  /** Shows all writes that can be shown. */
  apply(): void {
    for (let progress = true; progress; ) {
      progress = false;
      for (const [origin, writes] of this.#writes) {
        for (let next = this.#next(origin, writes); next !== undefined; next = this.#next(origin, writes)) {
          this.#show(origin, next);
          progress = true;
        }
      }
    }
  }

  #next(origin: NodeId, writes: readonly Write[]): Write | undefined {
    const write = writes[eventsOf(this.#applied, origin)];
    if (write === undefined) return undefined;
    return this.#ignoresDependencies || covers(this.#applied, write.dependencies) ? write : undefined;
  }

  #show(origin: NodeId, write: Write): void {
    this.#applied = increment(this.#applied, origin);
    this.#latest = Math.max(this.#latest, write.stamp[0]);
    const before = this.#shown.get(write.key);
    if (before !== undefined && compareLamport(before.write.stamp, write.stamp) > 0) return;
    this.#shown.set(write.key, { dot: [origin, eventsOf(this.#applied, origin)], write });
  }

  #of(origin: NodeId): Write[] {
    const writes = this.#writes.get(origin);
    if (writes === undefined) throw new Error(`there is no node ${origin}`);
    return writes;
  }
}

/** A stamp that is later than all that is shown; by the wall clock instead, where that is the bug. */
export const stampFor = (env: Env, store: Store, byWallClock: boolean): LamportStamp => [
  byWallClock ? env.wallMs() : store.latest + 1,
  env.id,
];

/** What an absent key reads as. */
export const valueShown = (shown: Shown | undefined): Json => shown?.write.value ?? null;
