import type { Anomaly, Because } from "../../core/checker.ts";
import type { EvidenceGroup } from "../evidence.ts";
import { plain, truncate } from "../layout.ts";

/** What keeps the page small however much was found: how many anomalies it shows, and how much of each. */
const MAX_ANOMALIES = 100;
const MAX_CHARACTERS = 250_000;
/** Operations, and reasons, listed for one anomaly. */
const MAX_OPERATIONS = 30;
export const MAX_EXPLANATION = 2_000;
const MAX_REASON = 400;
/** What a card takes beside its texts: its excerpt, its links. */
const CARD_CHARACTERS = 2_000;

/** The operations that are listed: the first, and always the last, at which it shows that something is wrong. */
export const listedOperations = ({ ops }: Anomaly): number[] =>
  ops.length <= MAX_OPERATIONS ? [...ops] : [...ops.slice(0, MAX_OPERATIONS - 1), ...ops.slice(-1)];

/** The reasons that are listed, each on one line of bounded length. */
export const reasonsOf = (anomaly: Anomaly): Because[] =>
  anomaly.because
    .slice(0, MAX_OPERATIONS)
    .map(({ from, to, reason }) => ({ from, to, reason: truncate(plain(reason), MAX_REASON) }));

/** The anomalies that the page shows, group by group; an anomaly's number is its position here, from 1. */
export function shownAnomalies(groups: readonly EvidenceGroup[]): Anomaly[] {
  // The same share for every group, so that one that is seen everywhere does not hide the others.
  const share = 1 / Math.max(1, groups.length);
  return groups.flatMap(({ anomalies }) => {
    let room = MAX_CHARACTERS * share;
    const fitting = anomalies.slice(0, Math.max(3, Math.floor(MAX_ANOMALIES * share))).filter((anomaly) => {
      room -= sizeOf(anomaly);
      return room > 0;
    });
    return fitting.length > 0 ? fitting : anomalies.slice(0, 1);
  });
}

const sizeOf = (anomaly: Anomaly): number =>
  CARD_CHARACTERS +
  Math.min(anomaly.explanation.length, MAX_EXPLANATION) +
  anomaly.because
    .slice(0, MAX_OPERATIONS)
    .reduce((sum, { reason }) => sum + 100 + Math.min(reason.length, MAX_REASON), 0);
