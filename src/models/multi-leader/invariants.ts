import type { JsonObject } from "../../core/json.ts";
import type { Invariant } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import type { VersionVector } from "../shared/clocks/siblings.ts";
import { covers, eventsOf, NO_EVENTS } from "../shared/clocks/vector-clock.ts";
import type { Fate } from "./conflicts/resolution.ts";

/**
 * Judged from what replicas trace:
 *
 * - `start {has}`: the node starts or restarts with so many writes of each node on its disk.
 * - `take {origin, number, ordered}`: it has one more, of its own or of another node; `ordered` where causes must come first.
 * - `decide {origin, number, fate}`: it knows what becomes of a write that needed agreement.
 */
export const multiLeaderInvariants = (): Invariant[] => [delivery(), causalDelivery(), agreement()];

const taken = (detail: JsonObject): { origin: NodeId; number: number; ordered: boolean } =>
  detail as { origin: NodeId; number: number; ordered: boolean };

/** Follows what each node has. */
class Holdings {
  readonly #has = new Map<NodeId, VersionVector>();

  of(node: NodeId): VersionVector {
    return this.#has.get(node) ?? NO_EVENTS;
  }

  start(node: NodeId, detail: JsonObject): void {
    this.#has.set(node, detail.has as VersionVector);
  }

  take(node: NodeId, origin: NodeId, number: number): void {
    this.#has.set(node, { ...this.of(node), [origin]: number });
  }
}

/** Every node takes the writes of each node once and in order, and keeps what it took. */
export function delivery(): Invariant {
  const holdings = new Holdings();
  return {
    name: "delivery",
    source: "Terry et al., Managing Update Conflicts in Bayou (SOSP 1995), §3: the prefix property of accepted writes",
    onTrace(node, event, detail) {
      if (event === "start") {
        const before = holdings.of(node);
        holdings.start(node, detail);
        if (covers(NO_EVENTS, before)) return undefined;
        return (
          covers(holdings.of(node), before) ||
          `${node} restarted without writes that it had taken: it had ${JSON.stringify(before)}`
        );
      }
      if (event !== "take") return undefined;
      const { origin, number } = taken(detail);
      const due = eventsOf(holdings.of(node), origin) + 1;
      holdings.take(node, origin, number);
      return number === due || `${node} took write ${number} of ${origin} where ${due} was due`;
    },
  };
}

/** In a ring or a star a node takes a write only when it has all that the write's own node had then. */
export function causalDelivery(): Invariant {
  const holdings = new Holdings();
  const causes = new Map<string, VersionVector>();
  return {
    name: "causal-delivery",
    source: "Bravo, Rodrigues & Van Roy, Saturn (EuroSys 2017), §4: order in trees of links that keep order",
    onTrace(node, event, detail) {
      if (event === "start") holdings.start(node, detail);
      if (event !== "take") return undefined;
      const { origin, number, ordered } = taken(detail);
      const name = `${origin} ${number}`;
      const has = holdings.of(node);
      holdings.take(node, origin, number);
      if (!ordered) return undefined;
      if (node === origin) causes.set(name, has);
      const due = causes.get(name) ?? NO_EVENTS;
      if (node === origin || covers(NO_EVENTS, due)) return undefined;
      return covers(has, due) || `${node} took write ${number} of ${origin} without all that ${origin} had by then`;
    },
  };
}

/** Nodes that decide about a write decide alike. */
export function agreement(): Invariant {
  const fates = new Map<string, { readonly fate: Fate; readonly node: NodeId }>();
  return {
    name: "agreement",
    source:
      "Kemme & Alonso, A New Approach to Eager Database Replication Protocols (TODS 2000), §4: one-copy decisions",
    onTrace(node, event, detail) {
      if (event !== "decide") return undefined;
      const { origin, number, fate } = detail as { origin: NodeId; number: number; fate: Fate };
      const name = `${origin} ${number}`;
      const first = fates.get(name);
      if (!first) {
        fates.set(name, { fate, node });
        return undefined;
      }
      return (
        first.fate === fate || `write ${number} of ${origin} is ${first.fate} on ${first.node} and ${fate} on ${node}`
      );
    },
  };
}
