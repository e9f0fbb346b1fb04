import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import { isRead } from "../shared/key-value.ts";
import type { ReplyContext, RequestContext } from "./messages.ts";
import type { Settings } from "./settings.ts";
import { compareZxids, NO_ZXID, type Zxid } from "./zxid.ts";

/** How long a session rests before it tries the next server. */
const REST_MS = 30;
/** A read that is not answered for so long is asked elsewhere. */
const SILENCE_MS = 300;
/** After this long a refused operation is given up, before a harness calls it unknown. */
const GIVE_UP_MS = 800;
const RETRY_TIMER = "retry";

/**
 * A session (Hunt et al. 2010, §4.4): it talks to one server, and where that refuses it moves to the next, which must
 * have all that the session saw. A write that is not answered may have been done, and is not repeated.
 */
export class ZabClient implements Client {
  readonly #env: ClientEnv;
  readonly #settings: Settings;
  #server: NodeId;
  #seen: Zxid = NO_ZXID;
  #op: Invocation | undefined;
  #startedMs = 0;
  /** When the request was sent that is not answered. */
  #silentSinceMs: number | undefined;
  #id = 0;

  constructor(env: ClientEnv, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#server = env.node;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#startedMs = this.#env.monoMs();
    const { nodes, random } = this.#env;
    if (this.#settings.sessions === "roaming" && !op.final)
      this.#server = nodes[Math.floor(random() * nodes.length)] ?? this.#server;
    this.#ask(op);
  }

  onReply(_from: NodeId, id: number, { outcome, context }: Reply): void {
    const op = this.#op;
    if (op === undefined || id !== this.#id) return;
    const told = (context ?? {}) as Partial<ReplyContext>;
    const refused = "refused" in told || (outcome.type === "fail" && outcome.error.name === "node-not-found");
    const isRepeated = outcome.type === "info" && this.#settings.bug === "repeated-on-connection-loss";
    if ((refused || isRepeated) && !op.final && this.#env.monoMs() - this.#startedMs < GIVE_UP_MS) {
      this.#move();
      this.#env.setTimer(RETRY_TIMER, REST_MS);
      return;
    }
    const zxid = "zxid" in told ? told.zxid : undefined;
    if (zxid !== undefined && compareZxids(zxid, this.#seen) > 0) this.#seen = zxid;
    this.#op = undefined;
    this.#env.clearTimer(RETRY_TIMER);
    this.#env.complete(outcome);
  }

  onTimer(): void {
    if (this.#op !== undefined) this.#retry(this.#op);
  }

  /** After a rest, or in silence: then with the next server. */
  #retry(op: Invocation): void {
    if (this.#silentSinceMs !== undefined && this.#env.monoMs() - this.#silentSinceMs >= SILENCE_MS) this.#move();
    this.#ask(op);
  }

  #ask(op: Invocation): void {
    const context: RequestContext = { seen: this.#seen };
    this.#id++;
    this.#silentSinceMs = this.#env.monoMs();
    this.#env.send(op.final ? this.#env.node : this.#server, { id: this.#id, op, context });
    if (isRead(op) && !op.final) this.#env.setTimer(RETRY_TIMER, SILENCE_MS);
    else this.#env.clearTimer(RETRY_TIMER);
  }

  #move(): void {
    const { nodes } = this.#env;
    this.#silentSinceMs = undefined;
    this.#server = nodes[(nodes.indexOf(this.#server) + 1) % nodes.length] ?? this.#server;
  }
}
