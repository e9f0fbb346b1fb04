import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import type { Group } from "../shared/group.ts";
import type { BugName } from "./bugs.ts";
import type { PeerMessage } from "./messages.ts";
import type { Region } from "./regions.ts";
import { BATCH, POLL_MS } from "./settings.ts";
import { positionIn, recordsAfter, recordsIn, replicate } from "./table.ts";

export const POLL_TIMER = "poll";

export interface ReplicatorOptions {
  readonly env: Env;
  /** The groups of this node, by partition. */
  readonly groups: readonly Group[];
  /** Whose streams it reads. */
  readonly other: Region;
  readonly bug: BugName | undefined;
}

/**
 * Brings the other region's change streams to the partitions that this node leads. A stream is part of what a log makes, so
 * every replica has it as far as it has learned the log: any of them may be asked, and another is each time.
 */
export class Replicator {
  readonly #options: ReplicatorOptions;
  /** Partitions for which records are on their way through the log. */
  readonly #underWay = new Set<number>();
  /** The bug `stream-drops-on-failover`: where this node's reading of a stream is, while it leads. */
  readonly #iterators = new Map<number, number>();

  constructor(options: ReplicatorOptions) {
    this.#options = options;
    options.env.setTimer(POLL_TIMER, POLL_MS);
  }

  onTimer(): void {
    const { env, groups } = this.#options;
    for (const [partition, group] of groups.entries()) {
      if (!group.leads) this.#iterators.delete(partition);
      else if (!this.#underWay.has(partition))
        this.#send(this.#anySource(), { type: "poll", partition, after: this.#position(partition, group) });
    }
    env.setTimer(POLL_TIMER, POLL_MS);
  }

  onMessage(from: NodeId, message: Exclude<PeerMessage, { type: "group" }>): void {
    const { partition, after } = message;
    const group = this.#options.groups[partition];
    if (group === undefined) return;
    if (message.type === "records") this.#onRecords(partition, group, message);
    else if (after === null)
      this.#send(from, { type: "records", partition, after: recordsIn(group.contents), records: [] });
    else {
      const records = recordsAfter(group.contents, after, BATCH);
      if (records.length > 0) this.#send(from, { type: "records", partition, after, records });
    }
  }

  /** What was brought before, or lies after a gap, changes nothing: the log tells (`takeRecords`). */
  #onRecords(partition: number, group: Group, { after, records }: Extract<PeerMessage, { type: "records" }>): void {
    const end = after + records.length;
    if (this.#options.bug === "stream-drops-on-failover") this.#iterators.set(partition, end);
    if (!group.leads || this.#underWay.has(partition) || end <= positionIn(group.contents)) return;
    this.#underWay.add(partition);
    group.propose(replicate({ after, records }), () => this.#underWay.delete(partition));
  }

  #position(partition: number, group: Group): number | null {
    if (this.#options.bug !== "stream-drops-on-failover") return positionIn(group.contents);
    return this.#iterators.get(partition) ?? null;
  }

  #anySource(): NodeId {
    const { env, other } = this.#options;
    const source = other.nodes[Math.floor(env.random() * other.nodes.length)];
    if (source === undefined) throw new Error(`${other.name} has no nodes`);
    return source;
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#options.env.send(to, message);
  }
}
