import type { Anomaly } from "../../../src/core/checker.ts";
import type { Cycle } from "./cycles.ts";
import type { MissedWrite } from "./demands.ts";
import { LEVELS, type Level } from "./levels.ts";
import { NOT_ATOMIC } from "./local.ts";
import { becauseOf, type Material, type Step, stepsAlong, stepsAround } from "./steps.ts";
import { opsOf, type Words } from "./words.ts";

/** How many steps of a circle are spelled out. */
const MAX_TOLD = 5;

/** Adya's G1c (thesis, §3.2.1), and G0 of lists: transactions that depend on each other in a circle. */
export function circleOfReads(cycle: Cycle, material: Material): Anomaly {
  const steps = stepsAround(cycle, LEVELS["read-committed"], material);
  const isRead = steps.some(({ kind }) => kind === "wr");
  return {
    kind: isRead ? "circular-information-flow" : "dirty-write",
    rulesOut: ["read-committed"],
    explanation: `${told(steps)}. That is a circle: ${isRead ? "whichever of these transactions was first, it read what did not exist yet (G1c)" : "their appends are mixed, so each of them came before the other (G0)"}.`,
    ...partsOf(steps, material.words),
  };
}

/** The same with sessions: CyclicCO of Bouajjani et al. (POPL 2017). */
export function circleOfCauses(cycle: Cycle, material: Material): Anomaly {
  const steps = stepsAround(cycle, LEVELS["strong-session-read-committed"], material);
  return {
    kind: "cyclic-co",
    rulesOut: ["strong-session-read-committed"],
    explanation: `${told(steps)}. So these transactions are causes of each other in a circle, and something was read before it was written.`,
    ...partsOf(steps, material.words),
  };
}

/** A circle that is closed by what readers had to see. */
export function circleOfCommits(cycle: Cycle, level: Level, material: Material): Anomaly {
  const { words } = material;
  const steps = stepsAround(cycle, level, material);
  const demands = steps.filter(({ kind }) => kind === "demand");
  const others = steps.filter(({ kind }) => kind !== "demand");
  const keys = new Set(demands.flatMap(({ key }) => key ?? []));
  const [key] = keys;
  return {
    ...natureOf(level, demands.length === 1 ? "write-co-read" : "cyclic-cf"),
    ...(keys.size === 1 && key !== undefined ? { key: words.key(key) } : {}),
    explanation: `${told(demands)}. ${others.length > 0 ? `But ${told(others)}. ` : ""}That is a circle: no order of commits explains what was read.`,
    ...partsOf(steps, words),
  };
}

/** A key was found in its initial state by a reader that had to see a write of it. */
export function missedWrite({ writer, reader, key }: MissedWrite, level: Level, material: Material): Anomaly {
  const { paths, words } = material;
  const steps = stepsAlong(
    level.mustSee === "causes" ? paths.toNearest(writer, new Set([reader])) : [writer, reader],
    level,
    material,
  );
  return {
    ...natureOf(level, "write-co-init-read"),
    key: words.key(key),
    explanation: `${words.fullName(reader)} found ${words.untouched(key)}, although ${words.name(writer)} ${words.didWrite(words.lastWritten(writer, key))}, and it had to see that: ${told(steps)}.`,
    ...partsOf(steps, words),
  };
}

/**
 * What the anomalies of a level are called, and what they rule out. `causal` is the name among the bad patterns of causal
 * convergence (Bouajjani et al.).
 */
function natureOf({ mustSee }: Level, causal: string): Pick<Anomaly, "kind" | "rulesOut"> {
  switch (mustSee) {
    case "later":
      // Bailis et al., Highly Available Transactions (VLDB 2013), §5.1.2.
      return { kind: "observed-transaction-vanishes", rulesOut: ["monotonic-atomic-view"] };
    case "whole":
      return { kind: "fractured-read", rulesOut: NOT_ATOMIC };
    case "whole-and-session":
      return { kind: "fractured-read-in-session", rulesOut: ["strong-session-read-atomic"] };
    default:
      return { kind: causal, rulesOut: ["causal-ccv"] };
  }
}

function told(steps: readonly Step[]): string {
  const reasons = steps.slice(0, MAX_TOLD).map(({ reason }) => reason);
  return reasons.join("; ") + (steps.length > MAX_TOLD ? `; and ${steps.length - MAX_TOLD} more steps like these` : "");
}

const partsOf = (steps: readonly Step[], words: Words): Pick<Anomaly, "because" | "ops"> => ({
  ops: opsOf(steps.flatMap(({ from, to, others }) => [from, to, ...others].map((t) => words.op(t)))),
  because: becauseOf(steps, words),
});
