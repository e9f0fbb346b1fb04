import type { JsonObject } from "../../core/json.ts";
import type { Invariant } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import { multiPaxosInvariants } from "../multi-paxos/invariants.ts";
import { inEachGroup } from "../shared/group.ts";

/**
 * Those of Multi-Paxos in every partition's group; and those of change streams, judged from what replicas trace:
 *
 * - `record {stream, number, record}`: the partition's log gave its stream this record, called by its item and stamp.
 * - `streams {partition, upTo}`: the node starts or restarts with so many records of the other region's stream applied.
 * - `replicate {partition, number, record}`: it applied one more of them; `stream` is the one of its own partition.
 */
export const dynamoInvariants = (): Invariant[] => [
  ...inEachGroup(multiPaxosInvariants),
  streamOrder(),
  replicatedOnce(),
];

const GUIDE = "Amazon DynamoDB Developer Guide, Change data capture for DynamoDB Streams";
const numberIn = ({ number }: JsonObject): number => number as number;

/** A stream is the same on every replica that has it, and what the other region applies is that. */
export function streamOrder(): Invariant {
  const records = new Map<string, JsonObject["record"]>();
  const slotOf = ({ stream, number }: JsonObject): string => `${stream} ${number}`;
  return {
    name: "stream-order",
    source: `${GUIDE}: each record appears exactly once, in the order of the item's modifications`,
    onTrace: (node, event, detail) => {
      if (event !== "record") return undefined;
      const first = records.get(slotOf(detail));
      if (first === undefined) {
        records.set(slotOf(detail), detail.record);
        return undefined;
      }
      return (
        first === detail.record ||
        `record ${numberIn(detail)} of ${detail.stream} is ${detail.record} on ${node}, but was ${first} elsewhere`
      );
    },
  };
}

/** A region applies the other one's records one by one: none twice, none left out, and each as the other one recorded it. */
export function replicatedOnce(): Invariant {
  const recorded = new Map<string, JsonObject["record"]>();
  const upTo = new Map<string, number>();
  const keyOf = (node: NodeId, { partition }: JsonObject): string => `${node} ${partition}`;
  /** A record's name tells its region. */
  const slotOf = ({ partition, number, record }: JsonObject): string =>
    `${String(record).split(" ").at(-1)} ${partition} ${number}`;
  return {
    name: "replicated-once",
    source: `${GUIDE}: each record appears exactly once`,
    onTrace: (node, event, detail) => {
      if (event === "streams") upTo.set(keyOf(node, detail), detail.upTo as number);
      if (event === "record") recorded.set(slotOf(detail), detail.record);
      if (event !== "replicate") return undefined;
      const due = (upTo.get(keyOf(node, detail)) ?? 0) + 1;
      upTo.set(keyOf(node, detail), numberIn(detail));
      if (numberIn(detail) !== due)
        return `${node} applied record ${numberIn(detail)} of the other region's partition ${detail.partition} where ${due} was due`;
      const source = recorded.get(slotOf(detail));
      if (source === undefined) return undefined;
      return source === detail.record || `${node} applied ${detail.record} as record ${due}, but that is ${source}`;
    },
  };
}
