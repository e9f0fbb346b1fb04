import type { Json } from "../../core/json.ts";
import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";

export interface GuardedResourceOptions {
  /** Refuses a token smaller than one that it has seen. */
  readonly fenced: boolean;
  /** A defect: which tokens it has seen is forgotten in a crash. */
  readonly tokensInMemory?: boolean;
}

/** What a client tells the resource beside the operation. */
export type ResourceContext = { readonly token: number };

/** A register on disk, and the largest token that it was written with. */
type Stored = { readonly value: Json; readonly token: number };

/** The node that has the resource: the last one. */
export const resourceNode = (nodes: readonly NodeId[]): NodeId => nodes[nodes.length - 1] ?? "";

/** True for what is done to the resource, and not to a lock. */
export const isOfResource = (f: string): boolean => f === "read" || f === "write";

/**
 * What locks protect: a register for each, on the disk of a single node. A `write` comes with the fencing token of its lock and
 * yields it (Kleppmann, "How to do distributed locking", 2016); it is on disk before it is acknowledged.
 */
export class GuardedResource {
  readonly #env: Env;
  readonly #options: GuardedResourceOptions;
  readonly #newest = new Map<string, number>();

  constructor(env: Env, options: GuardedResourceOptions) {
    this.#env = env;
    this.#options = options;
  }

  onRequest(request: Request): void {
    this.#env.reply(request, { outcome: request.op.f === "write" ? this.#write(request) : this.#read(request) });
  }

  #read({ op }: Request): Outcome {
    return { type: "ok", value: this.#stored(op.key)?.value ?? null };
  }

  #write({ op, context }: Request): Outcome {
    const { key = "", input } = op;
    const { token } = context as ResourceContext;
    const newest = this.#newestToken(key);
    if (this.#options.fenced && token < newest) {
      const text = `the token ${token} is older than ${newest}, which was here before`;
      return { type: "fail", error: { name: "precondition-failed", text } };
    }
    this.#newest.set(key, token);
    this.#env.disk.write(cellOf(key), { value: input, token } satisfies Stored);
    this.#env.disk.sync();
    return { type: "ok", value: { token } };
  }

  #newestToken(key: string): number {
    const remembered = this.#options.tokensInMemory ? undefined : this.#stored(key)?.token;
    return this.#newest.get(key) ?? remembered ?? Number.NEGATIVE_INFINITY;
  }

  #stored(key = ""): Stored | undefined {
    return this.#env.disk.read(cellOf(key)) as Stored | undefined;
  }
}

const cellOf = (key: string): string => `resource ${key}`;
