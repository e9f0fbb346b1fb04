import type { NodeId } from "../../core/operation.ts";
import type { TopologyName } from "./settings.ts";

/**
 * Who sends writes to whom. There is exactly one way from each node to each other one, so a node gets every write from one
 * neighbour, and all that a neighbour has for it in one stream: a write goes round no circle, and is never met twice.
 */
export interface Topology {
  /** Those that a node sends to, in order. */
  neighbours(from: NodeId): readonly NodeId[];
  /** True if the writes that `origin` took get to `to` through its neighbour `from`. */
  carries(from: NodeId, to: NodeId, origin: NodeId): boolean;
}

/**
 * Makes the topology of these nodes (Kleppmann 2017, ch. 5, "Multi-Leader Replication Topologies").
 *
 * All-to-all has the shortest ways, but a write may overtake another one that it was caused by, on a link that is faster. In a
 * ring or a star, writes pass on in the order in which the node before got them. So no effect ever comes before its cause, as
 * in every tree of links that keep order (Bravo, Rodrigues & Van Roy, "Saturn", EuroSys 2017, §4): had the cause not passed a
 * node by then, it would pass the node that the effect comes from. The price is that a dead node cuts others off from each
 * other, and that a write takes as many hops as a ring has nodes, less one.
 */
export function topologyOf(name: TopologyName, nodes: readonly NodeId[]): Topology {
  const others = (from: NodeId): NodeId[] => nodes.filter((node) => node !== from);
  switch (name) {
    case "all-to-all":
      return { neighbours: others, carries: (from, to, origin) => origin === from && origin !== to };
    case "ring": {
      const next = (from: NodeId): NodeId => nodes[(nodes.indexOf(from) + 1) % nodes.length] ?? from;
      return {
        neighbours: (from) => [next(from)],
        carries: (from, to, origin) => to === next(from) && origin !== to,
      };
    }
    case "star": {
      const [hub = ""] = nodes;
      return {
        neighbours: (from) => (from === hub ? others(hub) : [hub]),
        carries: (from, to, origin) => (to === hub ? origin === from && from !== hub : from === hub && origin !== to),
      };
    }
  }
}
