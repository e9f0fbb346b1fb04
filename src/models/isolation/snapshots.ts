import type { Json } from "../../core/json.ts";
import { AntiDependencies } from "./anti-dependencies.ts";
import type { Scheduler, Step, TxnId, Writes } from "./scheduler.ts";
import type { Change } from "./statements.ts";
import { type Snapshot, Versions } from "./versions.ts";

/** Which kind of snapshot isolation, and what is wrong with it. */
export interface SnapshotOptions {
  readonly lanes: number;
  readonly serializable: boolean;
  readonly firstCommitterWins: boolean;
  readonly snapshotPer: "transaction" | "statement";
  readonly forgetsReads: boolean;
}

interface Running {
  readonly lane: number;
  readonly snapshot: Snapshot;
  readonly own: Map<string, Json>;
}

/**
 * Snapshot isolation (Berenson et al., SIGMOD 1995, §4.2): a transaction reads what was committed when it began, and its own
 * writes; it commits if nobody has meanwhile committed a key that it wrote. Nobody ever waits. With several lanes it is parallel
 * snapshot isolation (Sovran et al., SOSP 2011), and with anti-dependencies watched it is serializable.
 */
export class SnapshotScheduler implements Scheduler {
  readonly #options: SnapshotOptions;
  readonly #versions: Versions;
  readonly #dependencies: AntiDependencies | undefined;
  readonly #running = new Map<TxnId, Running>();

  constructor(committed: readonly Writes[], options: SnapshotOptions) {
    this.#options = options;
    this.#versions = new Versions(options.lanes, committed);
    this.#dependencies = options.serializable ? new AntiDependencies(options) : undefined;
  }

  begin(txn: TxnId, session: number): void {
    const lane = session % this.#options.lanes;
    this.#running.set(txn, { lane, snapshot: this.#versions.view(lane), own: new Map() });
    this.#dependencies?.begin(txn);
  }

  read(txn: TxnId, key: string): Step {
    const running = this.#of(txn);
    const own = running.own.get(key);
    if (own !== undefined) return { type: "done", value: own };
    if (this.#dependencies?.read(txn, key) === false) return PIVOT;
    return { type: "done", value: this.#see(running, key) };
  }

  update(txn: TxnId, key: string, change: Change): Step {
    const running = this.#of(txn);
    const own = running.own.get(key);
    const value = change(own === undefined ? this.#see(running, key) : own);
    if (value === undefined) {
      // What it found there decided that there was nothing to write: it has read it.
      if (this.#dependencies?.read(txn, key) === false) return PIVOT;
      return { type: "done", value };
    }
    if (this.#dependencies?.write(txn, key) === false) return PIVOT;
    running.own.set(key, value);
    return { type: "done", value };
  }

  commit(txn: TxnId): string | undefined {
    const { lane, snapshot, own } = this.#of(txn);
    const late = [...own.keys()].find((key) => !this.#versions.isNewest(key, snapshot));
    if (late !== undefined && this.#options.firstCommitterWins) return `another transaction committed ${late} first`;
    if (this.#dependencies?.commit(txn) === false) return PIVOT.text;
    if (own.size > 0) this.#versions.commit(lane, snapshot, own);
    this.#running.delete(txn);
    return undefined;
  }

  abort(txn: TxnId): void {
    this.#running.delete(txn);
    this.#dependencies?.abort(txn);
  }

  released(): readonly TxnId[] {
    return [];
  }

  housekeep(random: () => number): void {
    const { lanes } = this.#versions;
    for (let lane = 0; lane < lanes; lane++) {
      const other = (lane + 1 + Math.floor(random() * (lanes - 1))) % lanes;
      this.#versions.takeOver(lane, other);
    }
  }

  #see({ lane, snapshot }: Running, key: string): Json {
    const { snapshotPer } = this.#options;
    return this.#versions.read(key, snapshotPer === "transaction" ? snapshot : this.#versions.view(lane));
  }

  #of(txn: TxnId): Running {
    const running = this.#running.get(txn);
    if (running === undefined) throw new Error(`transaction ${txn} does not run`);
    return running;
  }
}

const PIVOT = {
  type: "conflict",
  text: "between two concurrent transactions, one that read what this one overwrote and one that overwrote what it read",
} as const satisfies Step;
