import type { Json } from "../../core/json.ts";
import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { Copy } from "./copy.ts";
import type { FromServer, FromSite } from "./messages.ts";
import type { TextOperation } from "./operations.ts";
import { Server } from "./server.ts";
import { RESEND_MS, type Settings } from "./settings.ts";
import { Site } from "./site.ts";
import { transformation } from "./transform.ts";

const RESEND_TIMER = "resend";

/** What the server and the sites do each in their own way. */
export interface Node {
  /** Takes an edit of an own user, as an operation on the text that this node shows. Syncs. */
  edit(key: string, op: TextOperation): void;
  onMessage(from: NodeId, message: FromServer | FromSite): void;
  /** Sends what was not acknowledged. */
  resend(): void;
}

/** A node: the first one is the server, all others are sites. All have a copy, and serve their users from it. */
export class OtReplica implements Replica {
  readonly #env: Env;
  readonly #copy: Copy;
  readonly #node: Node;

  constructor(env: Env, settings: Settings) {
    const transform = transformation(settings.bug);
    const [server = env.id] = env.nodes;
    this.#env = env;
    this.#copy = new Copy(env, transform, { rebasesQueue: settings.bug !== "queue-not-rebased" });
    this.#node =
      server === env.id
        ? new Server(env, this.#copy, transform, settings)
        : new Site(env, this.#copy, settings, server);
    env.setTimer(RESEND_TIMER, RESEND_MS);
  }

  onMessage(from: NodeId, message: Message): void {
    this.#node.onMessage(from, message as FromServer | FromSite);
  }

  onTimer(): void {
    this.#node.resend();
    this.#env.setTimer(RESEND_TIMER, RESEND_MS);
  }

  onRequest(request: Request): void {
    this.#env.reply(request, { outcome: this.#serve(request) });
  }

  #serve({ op: { f, key = "", input } }: Request): Outcome {
    const text = this.#copy.text(key);
    switch (f) {
      case "read":
        return { type: "ok", value: text ?? null };
      case "insert": {
        const { at, ids } = input as { readonly at: number; readonly ids: readonly Json[] };
        this.#node.edit(key, { f: "insert", at: Math.min(at, text?.length ?? 0), characters: ids });
        return { type: "ok", value: null };
      }
      case "delete": {
        const { id } = input as { readonly id: Json };
        const at = text?.indexOf(id) ?? -1;
        if (at < 0) return failed("key-does-not-exist", `the copy of ${this.#env.id} has no character ${id}`);
        this.#node.edit(key, { f: "delete", at });
        return { type: "ok", value: null };
      }
      default:
        return failed("not-supported", `a text has no ${f}`);
    }
  }
}

const failed = (name: "key-does-not-exist" | "not-supported", text: string): Outcome => ({
  type: "fail",
  error: { name, text },
});
