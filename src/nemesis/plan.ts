import * as fc from "fast-check";
import type { FaultKind, PlannedFault } from "../core/fault.ts";
import type { NodeId } from "../core/operation.ts";
import type { Aimed } from "./aim.ts";
import { clientPauses } from "./client-pause.ts";
import { clockSkews } from "./clock.ts";
import { filledDisks, slowDisks } from "./disk.ts";
import { kills } from "./kill.ts";
import { badLinks } from "./link.ts";
import { partitions, withoutClients } from "./partition.ts";
import { pauses } from "./pause.ts";

/** For each kind of fault, what may be planned and a line for people. */
export const NEMESES: Readonly<
  Record<
    FaultKind,
    { readonly description: string; readonly arbitrary: (nodes: readonly NodeId[]) => fc.Arbitrary<Aimed> }
  >
> = {
  partition: {
    description: "cut links: one node, halves, minority, majorities ring, bridge, one-way, around the leader",
    arbitrary: partitions,
  },
  pause: { description: "freeze one node, the leader, a minority, a majority, or all", arbitrary: pauses },
  kill: { description: "kill nodes, unsynced writes lost, and restart them on the same disk", arbitrary: kills },
  clock: { description: "jump, strobe or drift wall clocks; monotonic clocks stay true", arbitrary: clockSkews },
  link: { description: "lose, duplicate, reorder or delay messages", arbitrary: badLinks },
  disk: { description: "make syncs slow; of external systems in Docker: leave no byte free", arbitrary: slowDisks },
  "client-pause": {
    description: "freeze the clients at a node, at several, or all; not part of all",
    arbitrary: clientPauses,
  },
};

export interface FaultPlan {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  readonly nodes: readonly NodeId[];
  /** No fault outlasts this; milliseconds from the run's start. */
  readonly timeMs: number;
  /** Mean quiet time of a kind between two of its faults, milliseconds. Half of them last much shorter, half about as long. */
  readonly gapMs?: number;
  /** Disk faults fill disks instead of making them slow. */
  readonly fullDisks?: boolean | undefined;
  /** Partitions cut nodes that hear no majority off from clients, too. */
  readonly cutClients?: boolean | undefined;
  /** By how much at most wall clocks go wrong, either way, milliseconds; else by a minute and more. */
  readonly maxSkewMs?: number | undefined;
}

/** Faults of each kind come and go by themselves, so that kinds overlap in every combination. In order of `atMs`. */
export function planFaults(plan: FaultPlan): PlannedFault[] {
  const { seed, kinds, nodes, timeMs, gapMs = 3000, fullDisks = false, cutClients = false, maxSkewMs } = plan;
  const longestMs = Math.ceil((gapMs * 5) / 3);
  const arbitraryOf = (kind: FaultKind): fc.Arbitrary<Aimed> => {
    if (kind === "disk" && fullDisks) return filledDisks(nodes);
    if (kind === "partition" && cutClients) return partitions(nodes).map((aimed) => withoutClients(aimed, nodes));
    if (kind === "clock" && maxSkewMs !== undefined) return clockSkews(nodes, { maxSkewMs, longestMs });
    return NEMESES[kind].arbitrary(nodes);
  };
  const planned = kinds.flatMap((kind) => {
    // A partition or a bad link needs a second node.
    if (nodes.length < 2 && (kind === "partition" || kind === "link")) return [];
    const strike = fc.record({
      quietMs: between(gapMs / 3, (gapMs * 5) / 3),
      forMs: fc.oneof(between(gapMs / 30, gapMs / 3), between(gapMs / 3, (gapMs * 5) / 3)),
      aimed: arbitraryOf(kind),
    });
    const most = Math.ceil(timeMs / (gapMs / 3)) + 1;
    const drawn = fc.sample(fc.noBias(strike), { seed: seedOf(seed, kind), numRuns: most });
    const faults: PlannedFault[] = [];
    let atMs = 0;
    for (const { quietMs, forMs, aimed } of drawn) {
      atMs += quietMs;
      if (atMs >= timeMs) break;
      faults.push({ atMs, forMs: Math.min(forMs, timeMs - atMs), ...aimed });
      atMs += forMs;
    }
    return faults;
  });
  return planned.sort((a, b) => a.atMs - b.atMs);
}

const between = (minMs: number, maxMs: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(minMs), max: Math.ceil(maxMs) });

/** A seed of its own for each kind, so that adding one kind leaves the faults of the others as they were. */
function seedOf(seed: number, kind: FaultKind): number {
  let hash = seed | 0;
  for (const letter of kind) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash;
}
