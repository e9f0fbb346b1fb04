import type { Heal } from "../../core/cluster.ts";
import type { NodeId } from "../../core/operation.ts";

/** A fault began, as the proof shows, if there is one; gives what ends it, once, and not after `inForce` was cleared. */
export function putInForce(inForce: Set<Heal>, end: Heal, proof?: string): Heal {
  const heal: Heal = Object.assign(
    async () => {
      if (inForce.delete(heal)) await end();
    },
    proof === undefined ? {} : { proof },
  );
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
