import type { Fault, PlannedFault } from "../core/fault.ts";
import type { NodeId } from "../core/operation.ts";

/** A fault and whom it is meant for, before it has a time. */
export type Aimed = Pick<PlannedFault, "fault" | "aimedAtLeader">;

/**
 * The fault as it strikes: if it is aimed at the leader, and one is known, the planned victim and the leader swap
 * places throughout.
 */
export function resolveAim({ fault, aimedAtLeader }: Aimed, leader: NodeId | undefined): Fault {
  if (aimedAtLeader === undefined || leader === undefined || leader === aimedAtLeader) return fault;
  const swap = (node: NodeId): NodeId => (node === leader ? aimedAtLeader : node === aimedAtLeader ? leader : node);
  const swapLinks = (links: Readonly<Record<NodeId, readonly NodeId[]>>): Record<NodeId, NodeId[]> =>
    Object.fromEntries(Object.entries(links).map(([node, peers]) => [swap(node), peers.map(swap)]));
  switch (fault.kind) {
    case "partition":
      return {
        ...fault,
        drops: swapLinks(fault.drops),
        ...(fault.clients ? { clients: fault.clients.map(swap) } : {}),
      };
    case "link":
      return fault.links ? { ...fault, links: swapLinks(fault.links) } : fault;
    case "client-pause":
      return fault;
    default:
      return { ...fault, nodes: fault.nodes.map(swap) };
  }
}
