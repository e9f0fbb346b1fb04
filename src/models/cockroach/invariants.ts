import type { JsonObject } from "../../core/json.ts";
import type { Invariant } from "../../core/model.ts";
import { logInvariants } from "../raft/invariants.ts";
import { compareHybrid, type HybridStamp } from "../shared/clocks/hybrid.ts";
import { inEachGroup } from "../shared/group.ts";

/**
 * Raft's properties in each range's group, and what transactions rest upon, judged from what replicas trace:
 *
 * - `decided {txn, status, stamp?}`: a copy of the transaction's record says so.
 * - `read {key, txn, stamp}`: a leaseholder has read a key at a stamp, first or by a refresh.
 * - `version {key, txn, stamp}`: an intent has become a version on a copy.
 */
export const cockroachInvariants = (): Invariant[] => [
  ...inEachGroup(logInvariants),
  decidedOnce(),
  noWriteBelowRead(),
  versionsAsDecided(),
];

const text = (detail: JsonObject, name: string): string => String(detail[name]);
const stampOf = (detail: JsonObject): HybridStamp => detail.stamp as unknown as HybridStamp;
const show = (detail: JsonObject): string =>
  detail.status === "aborted" ? "aborted" : `committed at ${stampOf(detail).join("/")}`;

function decidedOnce(): Invariant {
  const decisions = new Map<string, string>();
  return {
    name: "one-decision",
    source: "Taft et al. 2020, §3.2: a transaction's record decides, atomically, upon all of its intents",
    onTrace: (node, event, detail) => {
      if (event !== "decided") return undefined;
      const txn = text(detail, "txn");
      const decision = show(detail);
      const before = decisions.get(txn);
      decisions.set(txn, decision);
      if (before === undefined) return undefined;
      return before === decision ? true : `transaction ${txn} was ${before}, but by ${node}'s copy it is ${decision}`;
    },
  };
}

function versionsAsDecided(): Invariant {
  const committed = new Map<string, HybridStamp>();
  return {
    name: "versions-as-decided",
    source: "Taft et al. 2020, §3.2: an intent becomes a value only if its transaction has committed, at that stamp",
    onTrace: (node, event, detail) => {
      const txn = text(detail, "txn");
      if (event === "decided" && detail.status === "committed") committed.set(txn, stampOf(detail));
      if (event !== "version") return undefined;
      const stamp = committed.get(txn);
      if (stamp !== undefined && compareHybrid(stamp, stampOf(detail)) === 0) return true;
      const told = stamp === undefined ? "nothing has committed it" : `it committed at ${stamp.join("/")}`;
      return `${node} has a version of ${text(detail, "key")} by transaction ${txn} at ${stampOf(detail).join("/")}, but ${told}`;
    },
  };
}

interface LatestRead {
  readonly stamp: HybridStamp;
  readonly txn: string;
}

/**
 * Of each key the latest read, and the latest by another transaction than that one. The first copy on which a version stands
 * is the leaseholder's: what is read after that sees it.
 */
function noWriteBelowRead(): Invariant {
  const reads = new Map<string, readonly LatestRead[]>();
  const versions = new Set<string>();
  return {
    name: "no-write-below-read",
    source: "Taft et al. 2020, §3.3.1: a write's stamp is above those of all reads of its key that did not see it",
    onTrace: (node, event, detail) => {
      if (event !== "read" && event !== "version") return undefined;
      const [key, txn, stamp] = [text(detail, "key"), text(detail, "txn"), stampOf(detail)];
      const latest = reads.get(key) ?? [];
      if (event === "read") {
        reads.set(key, twoLatest([...latest, { stamp, txn }]));
        return undefined;
      }
      const name = `${key} ${stamp.join("/")}`;
      if (versions.has(name)) return undefined;
      versions.add(name);
      const above = latest.find((read) => read.txn !== txn && compareHybrid(read.stamp, stamp) >= 0);
      if (above === undefined) return latest.length > 0 ? true : undefined;
      return `${node} has a version of ${key} by transaction ${txn} at ${stamp.join("/")}, but transaction ${above.txn} had read at ${above.stamp.join("/")} without it`;
    },
  };
}

function twoLatest(reads: readonly LatestRead[]): LatestRead[] {
  const sorted = reads.toSorted((a, b) => compareHybrid(b.stamp, a.stamp));
  const [first] = sorted;
  const other = sorted.find(({ txn }) => txn !== first?.txn);
  return first === undefined ? [] : other === undefined ? [first] : [first, other];
}
