import type { Fault } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Clients } from "./clients.ts";
import type { Network } from "./network.ts";
import type { SimNode } from "./node.ts";

/** Puts a fault in force and returns its end. Any number of faults may overlap and end in any order. */
export function applyFault(
  fault: Fault,
  nodes: ReadonlyMap<NodeId, SimNode>,
  network: Network,
  clients: Pick<Clients, "pause">,
): () => void {
  const onEach = (names: readonly NodeId[], apply: (node: SimNode) => () => void): (() => void) => {
    const ends = [...new Set(names)].map((name) => apply(nodes.get(name) as SimNode));
    return () => {
      for (const end of ends) end();
    };
  };
  switch (fault.kind) {
    case "partition":
      return network.faults.cut(fault.drops);
    case "link":
      return network.faults.degrade(fault.links, fault.quality);
    case "pause":
      return onEach(fault.nodes, (node) => node.pause());
    case "client-pause":
      return clients.pause(fault.nodes);
    case "kill":
      return onEach(fault.nodes, (node) => node.kill());
    case "clock":
      return onEach(fault.nodes, (node) => node.clock.skew(fault, network.time.nowNs));
    case "disk":
      return onEach(fault.nodes, (node) => node.stall("stallMs" in fault ? fault.stallMs : 0));
  }
}
