import type { Json } from "../../core/json.ts";
import type { Outcome } from "../../core/operation.ts";
import type { Env, Replica, Request } from "../../core/replica.ts";
import { GuardedResource, isOfResource } from "../shared/guarded-resource.ts";
import { failed, ok, valueIn } from "./messages.ts";
import { type Settings, TTL_MS } from "./settings.ts";

/** A key that somebody has set. */
type Grant = { readonly value: Json /** On the clock by which keys expire. */; readonly untilMs: number };

const STARTED = "started";
const cellOf = (key: string): string => `grant ${key}`;

/** One of the independent nodes: it knows nothing of the others. The last one has the resource, too. */
export class RedlockReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #resource: GuardedResource;
  readonly #grants = new Map<string, Grant>();
  /** Until then it grants nothing, monotonic milliseconds. */
  readonly #awayUntilMs: number;
  /** Keys whose grant from before the crash was looked at, if there is one. */
  readonly #recalled = new Set<string>();

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#resource = new GuardedResource(env, { fenced: settings.resource === "fenced" });
    const restarted = env.disk.read(STARTED) === true;
    if (!restarted) {
      env.disk.write(STARTED, true);
      env.disk.sync();
    }
    this.#awayUntilMs = restarted && settings.restart === "delayed" ? env.monoMs() + TTL_MS : Number.NEGATIVE_INFINITY;
  }

  onMessage(): void {}

  onTimer(): void {}

  onRequest(request: Request): void {
    if (isOfResource(request.op.f)) this.#resource.onRequest(request);
    else this.#env.reply(request, { outcome: this.#outcomeOf(request) });
  }

  #outcomeOf(request: Request): Outcome {
    const { f, key = "" } = request.op;
    if (this.#env.monoMs() < this.#awayUntilMs) return failed("temporarily-unavailable", "the node has just restarted");
    if (f === "set") return this.#set(key, valueIn(request));
    if (f === "delete") return this.#delete(key, valueIn(request));
    return failed("not-supported", `a node that grants locks knows no ${f}`);
  }

  #set(key: string, value: Json): Outcome {
    if (this.#grant(key) !== undefined) return failed("precondition-failed", `somebody has ${key}`);
    this.#keep(key, { value, untilMs: this.#nowMs() + TTL_MS });
    return ok(Math.floor(this.#env.wallMs() * 1000));
  }

  #delete(key: string, value: Json): Outcome {
    const grant = this.#grant(key);
    if (grant === undefined) return ok(null);
    if (grant.value !== value && this.#settings.bug !== "deletes-unseen")
      return failed("precondition-failed", `${key} is somebody else's`);
    this.#keep(key, undefined);
    return ok(null);
  }

  /** Who has the key, if anybody has. */
  #grant(key: string): Grant | undefined {
    this.#recall(key);
    const grant = this.#grants.get(key);
    return grant !== undefined && this.#nowMs() < grant.untilMs ? grant : undefined;
  }

  /** Takes over what is on the disk. A monotonic clock begins anew with the node: what was left then is not known. */
  #recall(key: string): void {
    if (this.#settings.restart !== "synced" || this.#recalled.has(key)) return;
    this.#recalled.add(key);
    const grant = (this.#env.disk.read(cellOf(key)) ?? null) as Grant | null;
    if (grant === null) return;
    const untilMs = this.#settings.expiry === "wall-clock" ? grant.untilMs : this.#nowMs() + TTL_MS;
    this.#grants.set(key, { ...grant, untilMs });
  }

  #keep(key: string, grant: Grant | undefined): void {
    if (grant === undefined) this.#grants.delete(key);
    else this.#grants.set(key, grant);
    if (this.#settings.restart !== "synced") return;
    this.#env.disk.write(cellOf(key), grant ?? null);
    if (this.#settings.bug !== "granted-before-disk") this.#env.disk.sync();
  }

  #nowMs(): number {
    return this.#settings.expiry === "wall-clock" ? this.#env.wallMs() : this.#env.monoMs();
  }
}
