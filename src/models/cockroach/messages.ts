import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import type { HybridStamp } from "../shared/clocks/hybrid.ts";
import type { GroupMessage } from "../shared/group.ts";
import type { Decision, Found, Intent, Laid } from "./mvcc.ts";

/** What a range's leaseholder is asked; all of it bears to be asked again. */
export type RangeRequest =
  | {
      readonly f: "read";
      readonly key: string;
      readonly stamp: HybridStamp;
      /** End of the uncertainty interval, wall milliseconds. */
      readonly limitMs: number;
      readonly txn: string;
    }
  | {
      readonly f: "refresh";
      readonly key: string;
      readonly from: HybridStamp;
      readonly to: HybridStamp;
      readonly txn: string;
    }
  | { readonly f: "write"; readonly key: string; readonly intent: Intent }
  | { readonly f: "commit"; readonly txn: string; readonly stamp: HybridStamp }
  /** What has become of a transaction that is in the way? If others have waited for it for long, it is aborted. */
  | { readonly f: "push"; readonly txn: string }
  | { readonly f: "resolve"; readonly key: string; readonly txn: string; readonly stamp: HybridStamp | null };

/** Its answer, each to the request of that name. */
export type RangeAnswers = {
  readonly read: Found;
  readonly refresh: { readonly refreshed: boolean };
  readonly write: Laid;
  readonly commit: Decision;
  readonly push: Decision | { readonly status: "pending" };
  readonly resolve: { readonly resolved: true };
};

/** Nothing was done, as far as known: this node does not serve the range. */
export type Refusal = { readonly refused: true; readonly leader: NodeId | null };

export type RangeAnswer = RangeAnswers[keyof RangeAnswers] | Refusal;

/** A message between nodes; `now` is the sender's hybrid clock. */
export type NodeMessage =
  | {
      readonly type: "call";
      readonly id: string;
      readonly range: number;
      readonly request: RangeRequest;
      readonly now: HybridStamp;
    }
  | { readonly type: "answer"; readonly id: string; readonly answer: RangeAnswer; readonly now: HybridStamp }
  | GroupMessage;

export const isRefusal = (answer: RangeAnswer): answer is Refusal => "refused" in answer;

/** A value as it is shown: the newest that a copy has. */
export const newestOf = (versions: readonly (readonly [HybridStamp, Json])[]): Json => versions.at(-1)?.[1] ?? null;
