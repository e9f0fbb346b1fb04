import type { ConsistencyModel } from "../../src/core/consistency.ts";
import { type FracturedRead, fracturedReads, type LostUpdate, lostUpdates } from "./atomicity.ts";
import { type Classified, classify, type Models } from "./classify.ts";
import type { Cycle } from "./cycles.ts";
import type { Known } from "./dependencies.ts";
import { type DirtyRead, dirtyReads } from "./dirty.ts";
import type { Graph } from "./graph.ts";
import { bytes } from "./memory.ts";
import { type InternalMistake, NOBODY } from "./observations.ts";
import { findCycles, type Nature } from "./searches.ts";
import { COMMITTED, type MalformedRead, WRITE } from "./transactions.ts";
import { type VersionCycle, versionCycles } from "./version-cycles.ts";
import type { DuplicateElement, IncompatibleReads, ListOrders, MisorderedAppends } from "./version-order-lists.ts";

type Local = DuplicateElement | IncompatibleReads | MisorderedAppends | DirtyRead | InternalMistake | FracturedRead;

/** Everything that is wrong under the version orders known, as data. */
export interface Findings {
  readonly malformed: readonly MalformedRead[];
  readonly duplicates: readonly DuplicateElement[];
  readonly incompatible: readonly IncompatibleReads[];
  readonly misordered: readonly MisorderedAppends[];
  readonly versionCycles: readonly VersionCycle[];
  readonly dirty: readonly DirtyRead[];
  readonly internal: readonly InternalMistake[];
  readonly lost: readonly LostUpdate[];
  readonly fractured: readonly FracturedRead[];
  readonly cycles: readonly Cycle[];
  /** False if cycles of some kinds may have been missed. */
  readonly isComplete: boolean;
  /** The weakest models that something found contradicts. */
  rulesOut(found: Local): Models;
  classified(cycle: Cycle): Classified;
}

/** Looks for everything. `lists` is what the version orders of lists came from; `assumed` as in `versionCycles`. */
export function findAll(known: Known, graph: Graph, lists: ListOrders | undefined, assumed: boolean): Findings {
  const { txns, seen } = known;
  const nature = natureOf(known);
  const { cycles, isComplete } = findCycles(graph, nature);
  const isList = txns.kind === "list-append";
  return {
    malformed: txns.malformedReads,
    duplicates: lists?.duplicates ?? [],
    incompatible: lists?.incompatible ?? [],
    misordered: lists?.misordered ?? [],
    versionCycles: known.pairs === undefined ? [] : versionCycles(txns, known.pairs, assumed),
    dirty: dirtyReads(known),
    internal: seen.mistakes,
    lost: lostUpdates(known),
    fractured: fracturedReads(known),
    cycles,
    isComplete,
    rulesOut: (found) => rulesOut(known, found),
    classified: (cycle) => classify(cycle, nature, isList),
  };
}

function natureOf({ txns: { count, status, first, f } }: Known): Nature {
  const committed = bytes(count);
  const writes = bytes(count);
  for (let t = 0; t < count; t++) {
    if (status[t] === COMMITTED) committed[t] = 1;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) if (f[m] === WRITE) writes[t] = 1;
  }
  return { committed, writes };
}

function rulesOut({ txns, seen }: Known, found: Local): Models {
  // Elements of the list twice: what may have been undone may have been done again.
  if ("element" in found) {
    const by = seen.writer[found.element] as number;
    return [by !== NOBODY && txns.status[by] === COMMITTED ? "read-uncommitted" : "read-committed"];
  }
  if ("later" in found) return [txns.status[found.transaction] === COMMITTED ? "read-uncommitted" : "read-committed"];
  if ("surely" in found) return [found.surely ? "read-uncommitted" : "read-committed"];
  if ("missed" in found) return [found.missed > found.saw ? "monotonic-atomic-view" : "read-atomic"];
  if (found.kind === "repeated") return ["read-atomic", "repeatable-read", "consistent-view"];
  return ["read-committed"];
}

/** All models that the findings rule out directly. */
export function refutedBy(findings: Findings): Set<ConsistencyModel> {
  const refuted = new Set<ConsistencyModel>();
  const add = (models: readonly ConsistencyModel[]): void => {
    for (const model of models) refuted.add(model);
  };
  for (const found of [
    findings.duplicates,
    findings.incompatible,
    findings.misordered,
    findings.dirty,
    findings.internal,
    findings.fractured,
  ].flat())
    add(findings.rulesOut(found));
  for (const cycle of findings.cycles) add(findings.classified(cycle).rulesOut);
  for (const cycle of findings.versionCycles) add(cycle.rulesOut);
  if (findings.malformed.length > 0) add(["read-committed"]);
  if (findings.lost.length > 0) add(["cursor-stability"]);
  return refuted;
}
