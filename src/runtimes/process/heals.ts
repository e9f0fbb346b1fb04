import type { Heal } from "../../core/cluster.ts";
import type { NodeId } from "../../core/operation.ts";

/** A fault began; gives what ends it, once, and not after `inForce` was cleared. */
export function putInForce(inForce: Set<Heal>, end: Heal): Heal {
  const heal: Heal = async () => {
    if (inForce.delete(heal)) await end();
  };
  inForce.add(heal);
  return heal;
}

/** Begins the same at each of these nodes, known to be members; resolves with the end of it at all of them. */
export async function onEach<Member>(
  members: ReadonlyMap<NodeId, Member>,
  nodes: readonly NodeId[],
  begin: (member: Member) => Promise<Heal>,
): Promise<Heal> {
  const ends = await Promise.all([...new Set(nodes)].map((id) => begin(members.get(id) as Member)));
  return async () => {
    await Promise.all(ends.map((end) => end()));
  };
}
