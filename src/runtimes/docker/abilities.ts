import type { FaultKind } from "../../core/fault.ts";
import type { FaultyNode } from "./faults.ts";
import { hasNetem } from "./netem.ts";
import { offsetMs } from "./proofs.ts";

/** What can be done to a cluster, and why not the rest. */
export interface Abilities {
  readonly faults: Set<FaultKind>;
  readonly refusals: Map<FaultKind, string>;
}

export interface AbilitiesQuestion {
  readonly nodes: readonly FaultyNode[];
  /** What kinds will be asked for. */
  readonly wanted: ReadonlySet<FaultKind>;
  /** Why clocks cannot be bent, where that is known beforehand. */
  readonly clockRefusal: string | undefined;
  /** Volumes can be filled. */
  readonly fillable: boolean;
}

/** Finds out by trying, on nodes that run and that nobody uses yet. */
export async function abilities({ nodes, wanted, clockRefusal, fillable }: AbilitiesQuestion): Promise<Abilities> {
  const faults = new Set<FaultKind>(["partition", "pause", "kill"]);
  const refusals = new Map<FaultKind, string>();
  const [first] = nodes;
  if (first && !(await hasNetem(first.pod.tools)))
    refusals.set("link", "this kernel has no netem (the module sch_netem), which delays and loses packets");
  else faults.add("link");
  if (wanted.has("clock")) {
    const refusal = clockRefusal ?? (await tryClocks(nodes));
    if (refusal === undefined) faults.add("clock");
    else refusals.set("clock", refusal);
  } else refusals.set("clock", "the containers were started without libfaketime, since no clock fault was planned");
  if (fillable || first?.stall) faults.add("disk");
  else refusals.set("disk", "the containers were started on volumes without a limit, since no full disk was planned");
  refusals.set("client-pause", "only the clients of bundled models in sim or process can be held up");
  return { faults, refusals };
}

const TRIAL_MS = 3_600_000;
const TRIAL_ERROR_MS = 60_000;

/** Moves every clock by an hour and asks the nodes themselves; says what is wrong, if anything. */
async function tryClocks(nodes: readonly FaultyNode[]): Promise<string | undefined> {
  const refusals = await Promise.all(
    nodes.map(async ({ pod, clock, look }) => {
      if (!clock) return `${pod.id} has no clock that could be bent`;
      const back = await clock.skew({ kind: "clock", nodes: [pod.id], mode: "jump", offsetMs: TRIAL_MS });
      try {
        const seenMs = await offsetMs(look);
        return Math.abs(seenMs - TRIAL_MS) < TRIAL_ERROR_MS
          ? undefined
          : `${pod.id} does not see the clock that libfaketime shows (its own was off by ${Math.round(seenMs)} ms when it should have been by ${TRIAL_MS}): it is linked statically, or against another libc`;
      } catch (error) {
        return `${pod.id} cannot be asked for its clock (${(error as Error).message})`;
      } finally {
        await back();
      }
    }),
  );
  return refusals.find((refusal) => refusal !== undefined);
}
