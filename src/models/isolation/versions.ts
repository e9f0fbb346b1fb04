import type { Json } from "../../core/json.ts";
import type { Writes } from "./scheduler.ts";

/** What is visible: of each lane so many of its commits, the oldest ones. */
export type Snapshot = readonly number[];

/** The `number`th commit of a lane, from 1. */
export interface Stamp {
  readonly lane: number;
  readonly number: number;
}

interface Version extends Stamp {
  readonly value: Json;
}

const shows = (snapshot: Snapshot, { lane, number }: Stamp): boolean => number <= (snapshot[lane] ?? 0);

/**
 * All versions of all keys. Commits are made in lanes; a lane sees its own at once, and those of another lane when it takes
 * them over, in that lane's order and none before those that its transaction saw (as in Walter, Sovran et al., SOSP 2011, whose sites
 * are the lanes here). With one lane there is one order of commits, and every snapshot is a beginning of it.
 */
export class Versions {
  /** In the order of commits: any two writers of a key where one did not see the other are kept apart by `isNewest`. */
  readonly #versions = new Map<string, Version[]>();
  /** Of each lane the snapshots that its commits were made from. */
  readonly #commits: Snapshot[][];
  readonly #views: number[][];

  /** @param committed what is there already, which all lanes see. */
  constructor(lanes: number, committed: readonly Writes[] = []) {
    const each = Array.from({ length: lanes }, (_, lane) => lane);
    this.#commits = each.map(() => []);
    this.#views = each.map(() => each.map(() => 0));
    for (const writes of committed) this.commit(0, this.view(0), writes);
    for (const view of this.#views) view[0] = committed.length;
  }

  get lanes(): number {
    return this.#views.length;
  }

  /** What a lane sees now. */
  view(lane: number): Snapshot {
    return [...this.#view(lane)];
  }

  /** A key as a snapshot shows it; `null` if it is absent there. */
  read(key: string, snapshot: Snapshot): Json {
    return this.#versions.get(key)?.findLast((version) => shows(snapshot, version))?.value ?? null;
  }

  /** False if a version of the key has been committed that the snapshot does not show. */
  isNewest(key: string, snapshot: Snapshot): boolean {
    const newest = this.#versions.get(key)?.at(-1);
    return newest === undefined || shows(snapshot, newest);
  }

  /** Commits what a transaction of a lane wrote, which saw this snapshot. */
  commit(lane: number, snapshot: Snapshot, writes: Writes): Stamp {
    const view = this.#view(lane);
    const number = this.#of(lane).push(snapshot);
    view[lane] = number;
    for (const [key, value] of writes) {
      const versions = this.#versions.get(key) ?? [];
      this.#versions.set(key, versions);
      versions.push({ lane, number, value });
    }
    return { lane, number };
  }

  /** A lane takes over what another has committed, as far as it sees all that those transactions saw. */
  takeOver(lane: number, from: number): void {
    const view = this.#view(lane);
    const commits = this.#of(from);
    for (let done = view[from] ?? 0; done < commits.length; done++) {
      const saw = commits[done] ?? [];
      if (!saw.every((number, other) => other === from || number <= (view[other] ?? 0))) return;
      view[from] = done + 1;
    }
  }

  #view(lane: number): number[] {
    return this.#views[lane] ?? noLane(lane);
  }

  #of(lane: number): Snapshot[] {
    return this.#commits[lane] ?? noLane(lane);
  }
}

function noLane(lane: number): never {
  throw new RangeError(`there is no lane ${lane}`);
}
