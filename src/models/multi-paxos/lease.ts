import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import { majorityOf } from "../shared/majority.ts";
import { GRANT_MS, LEASE_MS, type Settings } from "./settings.ts";

/** The clock that leases are measured on: each node's own, and only spans of it are compared. */
const clockMs = (env: Env, { bug }: Settings): number => (bug === "lease-on-wall-clock" ? env.wallMs() : env.monoMs());

/**
 * What an acceptor has granted: while it runs, the node promises nothing to others than the holder (Chandra et al., Paxos
 * Made Live, PODC 2007, §5.2). What was granted before a crash is not known any more, so a node that starts waits for that.
 */
export class Grant {
  readonly #env: Env;
  readonly #settings: Settings;
  #holder: NodeId | undefined;
  #endMs: number;

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#endMs = clockMs(env, settings) + GRANT_MS;
  }

  /** The leader was heard. */
  renew(holder: NodeId): void {
    this.#holder = holder;
    this.#endMs = clockMs(this.#env, this.#settings) + GRANT_MS;
  }

  /** True if nothing may be promised to this node now. */
  forbids(candidate: NodeId): boolean {
    if (this.#settings.reads !== "lease" || candidate === this.#holder) return false;
    return clockMs(this.#env, this.#settings) < this.#endMs;
  }
}

/** A leader's lease: it runs while a majority, itself included, is bound by what it granted. */
export class Lease {
  readonly #env: Env;
  readonly #settings: Settings;
  /** When the newest message left that each peer has answered. */
  readonly #answeredMs = new Map<NodeId, number>();

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
  }

  /** What a message that leaves now tells of that. */
  stamp(): { readonly sentMs?: number } {
    return this.#settings.reads === "lease" ? { sentMs: clockMs(this.#env, this.#settings) } : {};
  }

  /** A peer has answered the message that left at `sentMs`: it grants from when it got that, which is no earlier. */
  answered(peer: NodeId, sentMs: number | undefined): void {
    if (sentMs === undefined) return;
    const fromMs = this.#settings.bug === "lease-from-answer" ? clockMs(this.#env, this.#settings) : sentMs;
    this.#answeredMs.set(peer, Math.max(this.#answeredMs.get(peer) ?? fromMs, fromMs));
  }

  runs(): boolean {
    if (this.#settings.reads !== "lease") return false;
    const others = majorityOf(this.#env.nodes.length) - 1;
    const needed = this.#settings.bug === "lease-of-two" ? Math.min(1, others) : others;
    const nowMs = clockMs(this.#env, this.#settings);
    return [...this.#answeredMs.values()].filter((sentMs) => nowMs < sentMs + LEASE_MS).length >= needed;
  }
}
