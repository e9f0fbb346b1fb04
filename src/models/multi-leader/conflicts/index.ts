import type { NodeId } from "../../../core/operation.ts";
import type { Settings } from "../settings.ts";
import { crdt } from "./crdt.ts";
import { fww } from "./fww.ts";
import { lww, lwwBySeconds } from "./lww.ts";
import { higherBid, mergedBy } from "./merge.ts";
import { onWrite } from "./on-write.ts";
import type { Resolution } from "./resolution.ts";
import { union } from "./union.ts";
import { versionVectors, withoutDots } from "./version-vectors.ts";

/** Hides what a copy looks like: who holds copies only hands them back. */
const hidden = <Copy>(resolution: Resolution<Copy>): Resolution<unknown> => resolution as Resolution<unknown>;

/** The chosen way to settle conflicts, on this node. */
export function resolutionOf({ conflicts, bug }: Settings, id: NodeId): Resolution<unknown> {
  switch (conflicts) {
    case "lww":
      return hidden(bug === "tie-keeps-present" ? lwwBySeconds : lww);
    case "fww":
      return hidden(fww);
    case "union":
      return hidden(union);
    case "merge":
      return hidden(bug === "mine-first" ? mergedBy((mine) => mine, id) : mergedBy(higherBid));
    case "on-write":
      return hidden(onWrite);
    case "version-vectors":
      return hidden(bug === "vectors-without-dots" ? withoutDots : versionVectors);
    case "crdt":
      return hidden(crdt);
  }
}
