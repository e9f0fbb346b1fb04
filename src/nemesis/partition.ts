import * as fc from "fast-check";
import type { DirectedLinks, PartitionFault } from "../core/fault.ts";
import type { NodeId } from "../core/operation.ts";
import type { Aimed } from "./aim.ts";

/** Components that hear themselves and nobody else. */
export function separate(shape: string, groups: readonly (readonly NodeId[])[]): PartitionFault {
  const all = groups.flat();
  const drops: Record<NodeId, NodeId[]> = {};
  for (const group of groups) for (const node of group) drops[node] = all.filter((peer) => !group.includes(peer));
  return { kind: "partition", shape, drops: ordered(drops) };
}

/** Two halves (the smaller first) that only one node, the bridge, can hear and be heard by. */
export function bridge(nodes: readonly NodeId[]): PartitionFault {
  const middle = Math.floor(nodes.length / 2);
  const [left, right] = [nodes.slice(0, middle), nodes.slice(middle + 1)];
  const drops: Record<NodeId, NodeId[]> = {};
  for (const node of left) drops[node] = right;
  for (const node of right) drops[node] = left;
  return { kind: "partition", shape: "bridge", drops: ordered(drops) };
}

/** Every node hears a majority, but no two nodes the same one: each hears its neighbours on a ring. */
export function majoritiesRing(nodes: readonly NodeId[]): PartitionFault {
  const majority = Math.floor(nodes.length / 2) + 1;
  const drops: Record<NodeId, NodeId[]> = {};
  nodes.forEach((node, i) => {
    const start = i - Math.floor(majority / 2) + nodes.length;
    const heard = Array.from({ length: majority }, (_, k) => nodes[(start + k) % nodes.length]);
    drops[node] = nodes.filter((peer) => !heard.includes(peer));
  });
  return { kind: "partition", shape: "majorities-ring", drops: ordered(drops) };
}

/** The first group's messages no longer reach the others; theirs still reach it. */
export function oneWay(mute: readonly NodeId[], deaf: readonly NodeId[]): PartitionFault {
  const drops: Record<NodeId, readonly NodeId[]> = {};
  for (const node of deaf) drops[node] = mute;
  return { kind: "partition", shape: "one-way", drops: ordered(drops) };
}

/** All partitions the planner knows, over nodes in any order; half of those with one victim are aimed at the leader. */
export function partitions(nodes: readonly NodeId[]): fc.Arbitrary<Aimed> {
  const minority = Math.floor((nodes.length - 1) / 2);
  return fc
    .record({
      order: fc.shuffledSubarray([...nodes], { minLength: nodes.length, maxLength: nodes.length }),
      shape: fc.nat({ max: 7 }),
    })
    .map(({ order, shape }): Aimed => {
      const [first = "", ...rest] = order;
      switch (shape) {
        case 0:
          return { fault: separate("one-node", [[first], rest]) };
        case 1:
          return { fault: separate("halves", [order.slice(0, nodes.length >> 1), order.slice(nodes.length >> 1)]) };
        case 2:
          return {
            fault: separate("minority", [order.slice(0, Math.max(1, minority)), order.slice(Math.max(1, minority))]),
          };
        case 3:
          return { fault: majoritiesRing(order) };
        case 4:
          return { fault: bridge(order) };
        case 5:
          return { fault: oneWay([first], rest), aimedAtLeader: first };
        case 6:
          return { fault: separate("leader-alone", [[first], rest]), aimedAtLeader: first };
        default:
          return {
            fault: separate("leader-with-minority", [
              order.slice(0, Math.max(1, minority)),
              order.slice(Math.max(1, minority)),
            ]),
            aimedAtLeader: first,
          };
      }
    });
}

/** The same partition, in which clients do not reach the nodes that hear less than a majority, themselves included. */
export function withoutClients(aimed: Aimed, nodes: readonly NodeId[]): Aimed {
  const { fault } = aimed;
  if (fault.kind !== "partition") return aimed;
  const clients = nodes.filter((node) => nodes.length - (fault.drops[node]?.length ?? 0) <= nodes.length / 2);
  return clients.length === 0 ? aimed : { ...aimed, fault: { ...fault, clients } };
}

/** Keys in the order of node names, so that equal partitions print alike; nodes that hear all are left out. */
function ordered(drops: Record<NodeId, readonly NodeId[]>): DirectedLinks {
  const compare = (a: NodeId, b: NodeId): number => a.length - b.length || (a < b ? -1 : 1);
  return Object.fromEntries(
    Object.entries(drops)
      .filter(([, peers]) => peers.length > 0)
      .sort(([a], [b]) => compare(a, b))
      .map(([node, peers]) => [node, [...peers].sort(compare)]),
  );
}
