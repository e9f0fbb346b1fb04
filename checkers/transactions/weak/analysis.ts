import type { Anomaly } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import { MAX_PER_KIND } from "../../shared/anomalies.ts";
import type { Deadline } from "../../shared/deadline.ts";
import { type Malformed, transactionsOf } from "../columns.ts";
import type { Transactions } from "../transactions.ts";
import { atomicDemands } from "./atomic-reads.ts";
import { monotonicViewDemands } from "./atomic-view.ts";
import { causalDemands } from "./causal.ts";
import { shortCycles } from "./cycles.ts";
import type { Demands } from "./demands.ts";
import { circleOfCauses, circleOfCommits, circleOfReads, missedWrite } from "./evidence.ts";
import { type Facts, gather } from "./facts.ts";
import { type Layer, type Sorted, topologicalOrder } from "./layers.ts";
import type { Level, LevelName } from "./levels.ts";
import { localAnomaly, malformedRead } from "./local.ts";
import { CausalPaths } from "./paths.ts";
import { type Sessions, sessionsOf, type Writes, writesOf } from "./sessions.ts";
import type { Material } from "./steps.ts";
import { Words } from "./words.ts";

type Kind = Transactions["kind"];

const known: Readonly<Record<Kind, WeakMap<History, Analysis | Malformed>>> = {
  "list-append": new WeakMap(),
  "rw-register": new WeakMap(),
};

/** The analysis of a history, the same for all who ask; or why it is none. */
export function analysisOf(history: History, kind: Kind, deadline: Deadline): Analysis | Malformed {
  let analysis = known[kind].get(history);
  if (analysis === undefined) {
    const txns = transactionsOf(history, kind);
    analysis = "malformed" in txns ? txns : new Analysis(gather(txns, deadline), history);
    known[kind].set(history, analysis);
  }
  return analysis;
}

/** Works out what several levels need once, and when it is first asked for. */
export class Analysis {
  readonly facts: Facts;
  readonly #words: Words;
  readonly #anomalies = new Map<LevelName, readonly Anomaly[]>();
  #sessions: Sessions | undefined;
  #writes: Writes | undefined;
  #local: readonly Anomaly[] | undefined;
  #reads: Sorted | undefined;
  #causes: Sorted | undefined;
  #material: Material | undefined;
  #circlesOfReads: readonly Anomaly[] | undefined;
  #circlesOfCauses: readonly Anomaly[] | undefined;

  constructor(facts: Facts, history: History) {
    this.facts = facts;
    this.#words = new Words(facts, (op) => history.ops[op]?.process ?? -1);
  }

  /** What contradicts a level; empty if and only if the history satisfies it, but for reads that are ambiguous. */
  anomalies(level: Level, deadline: Deadline): readonly Anomaly[] {
    let found = this.#anomalies.get(level.name);
    if (found === undefined) {
      found = [...this.localAnomalies(level), ...this.#circles(level, deadline)];
      this.#anomalies.set(level.name, found);
    }
    return found;
  }

  /** What is wrong with single reads. */
  localAnomalies(level: Level): readonly Anomaly[] {
    const malformed = this.facts.txns.malformedReads.slice(0, MAX_PER_KIND);
    this.#local ??= [
      ...malformed.map((read) => malformedRead(read, this.#words)),
      ...this.facts.problems.map((problem) => localAnomaly(problem, this.facts, this.#words)),
    ];
    return level.repeatable ? this.#local : this.#local.filter(({ kind }) => kind !== "non-repeatable-read");
  }

  /** Whatever of a level no order of commits can keep. */
  #circles(level: Level, deadline: Deadline): readonly Anomaly[] {
    const { order, left } = level.sessions ? this.#orderOfCauses() : this.#orderOfReads();
    // Where reads are in a circle already, nothing can be said of what else they should have seen.
    if (left.length > 0) return this.#knownCircles(level);
    if (level.mustSee === "nothing") return [];
    const { layer, missed } = this.#demands(level, order, deadline);
    const found = missed.map((miss) => missedWrite(miss, level, this.#evidence()));
    const layers = [...this.#layers(level.sessions), layer];
    const cycles = this.#cycles(topologicalOrder(this.#size, layers).left, layers, level.sessions);
    return [...found, ...cycles.map((cycle) => circleOfCommits(cycle, level, this.#evidence()))];
  }

  #demands(level: Level, order: Int32Array, deadline: Deadline): Demands {
    const { facts } = this;
    const writes = this.#finalWrites();
    switch (level.mustSee) {
      case "later":
        return monotonicViewDemands(facts, writes, deadline);
      case "causes":
        return causalDemands(facts, writes, this.#sessionOrder(), order, deadline);
      default:
        return atomicDemands(facts, writes, level.sessions ? this.#sessionOrder() : undefined, deadline);
    }
  }

  #knownCircles({ sessions }: Level): readonly Anomaly[] {
    this.#circlesOfReads ??= this.#cycles(this.#orderOfReads().left, this.#layers(false), false).map((cycle) =>
      circleOfReads(cycle, this.#evidence()),
    );
    if (!sessions || this.#circlesOfReads.length > 0) return this.#circlesOfReads;
    this.#circlesOfCauses ??= this.#cycles(this.#orderOfCauses().left, this.#layers(true), true).map((cycle) =>
      circleOfCauses(cycle, this.#evidence()),
    );
    return this.#circlesOfCauses;
  }

  #cycles(left: Int32Array, layers: readonly Layer[], sessions: boolean): readonly (readonly number[])[] {
    return shortCycles(this.#size, left, layers, sessions ? this.#sessionOrder().so : undefined, MAX_PER_KIND);
  }

  get #size(): number {
    return this.facts.txns.count;
  }

  #layers(sessions: boolean): readonly Layer[] {
    const { wr, ww } = this.facts;
    return [...(sessions ? [this.#sessionOrder().so] : []), wr, ...(ww === undefined ? [] : [ww])];
  }

  #orderOfReads(): Sorted {
    this.#reads ??= topologicalOrder(this.#size, this.#layers(false));
    return this.#reads;
  }

  #orderOfCauses(): Sorted {
    this.#causes ??= topologicalOrder(this.#size, this.#layers(true));
    return this.#causes;
  }

  #sessionOrder(): Sessions {
    this.#sessions ??= sessionsOf(this.facts);
    return this.#sessions;
  }

  #finalWrites(): Writes {
    this.#writes ??= writesOf(this.facts, this.#sessionOrder());
    return this.#writes;
  }

  /** What evidence is made from; only ever needed where something is wrong. */
  #evidence(): Material {
    const sessions = this.#sessionOrder();
    this.#material ??= {
      facts: this.facts,
      sessions,
      writes: this.#finalWrites(),
      paths: new CausalPaths(this.#size, sessions.so, this.facts.wr),
      words: this.#words,
    };
    return this.#material;
  }
}
