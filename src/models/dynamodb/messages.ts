import type { Json } from "../../core/json.ts";
import type { GroupMessage } from "../shared/group.ts";

/** Of two versions of an item the later one wins everywhere: by time, and the region's name breaks ties. */
export type Stamp = {
  /** Milliseconds since the epoch by the wall clock of the partition's leader, or later. */
  readonly atMs: number;
  readonly region: string;
};

/** An item at rest. */
export type Item = Stamp & { readonly value: Json };

/** A record of a change stream: the item as a write of this region has left it. */
export type StreamRecord = Item & { readonly key: string };

export type PeerMessage =
  | GroupMessage
  /** Asks a replica in the other region what follows the first `after` records of the partition's stream; `null`: only where that ends. */
  | { readonly type: "poll"; readonly partition: number; readonly after: number | null }
  | {
      readonly type: "records";
      readonly partition: number;
      readonly after: number;
      readonly records: readonly StreamRecord[];
    };
