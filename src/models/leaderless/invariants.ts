import type { JsonObject } from "../../core/json.ts";
import type { Invariant } from "../../core/model.ts";
import { type Copy, covers, nameOf } from "./copies.ts";

/**
 * What must be so on the nodes themselves, judged from what they trace:
 *
 * - `copy {key, copy, home}`: the node keeps this of a key from now on, or after a restart; `home` tells whether it is a home.
 * - `acknowledged {key, copy, nodes}`: a coordinator tells a client that so many nodes keep this.
 */
export const leaderlessInvariants = (): Invariant[] => [copiesGrow(), quorumsKeep()];

const copyAt = (detail: JsonObject): Copy => detail.copy as Copy;

/** What a home has of a key is never less than what it had, crashes included: all promises rest on that. */
export function copiesGrow(): Invariant {
  const kept = new Map<string, Copy>();
  return {
    name: "copies-grow",
    source: "Attiya, Bar-Noy & Dolev 1995, §3: a processor adopts what it gets only if that is newer",
    onTrace: (node, event, detail) => {
      if (event !== "copy" || detail.home !== true) return undefined;
      const [name, copy] = [`${node} ${detail.key}`, copyAt(detail)];
      const before = kept.get(name);
      kept.set(name, copy);
      if (before === undefined) return undefined;
      if (covers(copy, before)) return true;
      return `${node} went back from ${nameOf(before)} to ${nameOf(copy)} of ${detail.key}`;
    },
  };
}

/** Once a write is acknowledged W nodes keep it, or what overwrote it. */
export function quorumsKeep(): Invariant {
  const kept = new Map<string, Map<string, Copy>>();
  return {
    name: "quorums-keep",
    source: "Gifford, Weighted Voting for Replicated Data, SOSP 1979, §2; DeCandia et al. 2007, §4.5",
    onTrace: (node, event, detail) => {
      const key = detail.key as string;
      const byNode = kept.get(key) ?? new Map<string, Copy>();
      kept.set(key, byNode);
      if (event === "copy" && detail.home === true) byNode.set(node, copyAt(detail));
      if (event !== "acknowledged") return undefined;
      const copy = copyAt(detail);
      const holders = [...byNode.values()].filter((other) => covers(other, copy)).length;
      const nodes = detail.nodes as number;
      if (holders >= nodes) return true;
      return `${node} acknowledged ${nameOf(copy)} of ${key} for ${nodes} nodes, but ${holders} keep it`;
    },
  };
}
