import type { Json } from "../../core/json.ts";
import { type Data, elementsOf } from "../../models/multi-leader/conflicts/data.ts";
import type { PeerMessage } from "../../models/multi-leader/messages.ts";
import { EPOCH_MS } from "../../runtimes/sim/index.ts";
import { assigned, several } from "./label.ts";

export const multiLeader = (body: PeerMessage): string | undefined =>
  body.type === "writes" ? several(body.writes.map(({ key, delta }) => change(key, delta))) : undefined;

/** Part of what deltas look like, whichever way conflicts are settled. */
interface Version {
  readonly data?: Data;
  readonly stamp?: readonly [time: number, node: string];
  /** Of a sibling. */
  readonly value?: Version;
}

function change(key: string, delta: Json): string {
  const [first] = Array.isArray(delta) ? (delta as unknown as readonly Version[]) : [delta as unknown as Version];
  const version = first?.value ?? first;
  if (version?.data === undefined) return key;
  const { data, stamp } = version;
  const what = assigned(key, "value" in data ? data.value : elementsOf(data));
  // Logical time is far from that of any wall clock.
  return stamp === undefined || stamp[0] < EPOCH_MS / 2 ? what : `${what} @ ${stamp[0] - EPOCH_MS} ms`;
}
