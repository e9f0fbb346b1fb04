import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import { isRead, observes } from "../shared/key-value.ts";
import type { Position } from "./positions.ts";
import type { Settings } from "./settings.ts";

/** What a client tells a replica beside the operation. */
export type RequestContext = {
  /** `leader`: only the leader may answer. `copy`: the receiver answers from its copy. */
  readonly read: "leader" | "copy";
  /** The copy must reflect this entry. */
  readonly after?: Position;
};

/** Requests that one operation may make before the client gives up, and how long it rests between them. */
const MAX_ATTEMPTS = 8;
const REST_MS = 30;
const RETRY_TIMER = "retry";
/** The bug `position-forgotten`. */
const FORGET_AFTER_MS = 200;

/**
 * A session. It asks elsewhere only after a definite refusal: a request that is not answered may have been done, and
 * replicas would not recognise it a second time. So silence is waited out, and ends in an unknown outcome.
 */
export class SingleLeaderClient implements Client {
  readonly #env: ClientEnv;
  readonly #settings: Settings;
  /** Who leads, as far as the session knows. With failover it begins by asking its own node. */
  #leader: NodeId;
  /** What the session's reads have to reflect, and since when. */
  #known: { readonly position: Position; readonly sinceMs: number } | undefined;
  #op: Invocation | undefined;
  #mode: RequestContext["read"] = "leader";
  #target: NodeId;
  #attempts = 0;
  #id = 0;

  constructor(env: ClientEnv, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#leader = settings.failover === "none" ? (env.nodes[0] ?? env.node) : env.node;
    this.#target = env.node;
  }

  onInvoke(op: Invocation): void {
    const { reads } = this.#settings;
    this.#op = op;
    this.#attempts = 0;
    this.#mode = op.final || (isRead(op) && reads !== "leader") ? "copy" : "leader";
    if (this.#mode === "leader") this.#target = this.#leader;
    else this.#target = op.final || reads === "sticky-replica" ? this.#env.node : this.#anyNode();
    this.#send(op);
  }

  onReply(from: NodeId, id: number, { outcome, context }: Reply): void {
    if (this.#op === undefined || id !== this.#id) return;
    const told = (context ?? {}) as { readonly leader?: NodeId | null; readonly position?: Position };
    const refused = outcome.type === "fail" && ("leader" in told || outcome.error.name === "node-not-found");
    if (refused && this.#attempts < MAX_ATTEMPTS) {
      this.#goElsewhere(this.#op, from, told.leader ?? undefined);
      return;
    }
    if (told.position !== undefined && this.#matters(this.#op))
      this.#known = { position: told.position, sinceMs: this.#env.monoMs() };
    this.#op = undefined;
    this.#env.complete(outcome);
  }

  onTimer(): void {
    if (this.#op !== undefined) this.#send(this.#op);
  }

  #send(op: Invocation): void {
    this.#attempts++;
    this.#id++;
    const after = this.#mode === "copy" ? this.#position() : undefined;
    const context: RequestContext = after === undefined ? { read: this.#mode } : { read: this.#mode, after };
    this.#env.send(this.#target, { id: this.#id, op, context });
  }

  /** Asks again, elsewhere. The first hint is followed at once; then the client rests, for hints may disagree. */
  #goElsewhere(op: Invocation, from: NodeId, hint: NodeId | undefined): void {
    const { reads } = this.#settings;
    if (this.#mode === "leader") {
      this.#leader = hint !== undefined && hint !== from ? hint : this.#nodeAfter(from);
      this.#target = this.#leader;
    } else if (!op.final && (reads === "any-replica" || reads === "consistent-prefix")) {
      this.#target = this.#anyNode();
    } else if (!op.final && reads === "read-your-writes") {
      this.#mode = "leader";
      this.#target = this.#leader;
    }
    if (hint !== undefined && this.#attempts === 1) this.#send(op);
    else this.#env.setTimer(RETRY_TIMER, REST_MS * this.#attempts);
  }

  /**
   * Whether later reads have to reflect what this operation did or saw. For `read-your-writes`, every write. For
   * `consistent-prefix`, what was read. So it is for `sticky-replica`, where it is only told of a compare-and-set, which
   * reads the leader's copy: the session's own copy may be behind it.
   */
  #matters(op: Invocation): boolean {
    const { reads } = this.#settings;
    if (op.final) return false;
    return (
      reads === "read-your-writes" || (observes(op) && (reads === "sticky-replica" || reads === "consistent-prefix"))
    );
  }

  #position(): Position | undefined {
    const known = this.#known;
    if (this.#settings.bug === "position-forgotten" && known && this.#env.monoMs() - known.sinceMs > FORGET_AFTER_MS)
      return undefined;
    return known?.position;
  }

  #anyNode(): NodeId {
    const { nodes } = this.#env;
    return nodes[Math.floor(this.#env.random() * nodes.length)] ?? this.#env.node;
  }

  #nodeAfter(node: NodeId): NodeId {
    const { nodes } = this.#env;
    return nodes[(nodes.indexOf(node) + 1) % nodes.length] ?? node;
  }
}
