import type { NodeId } from "../../core/operation.ts";
import type { SystemEnv } from "../../core/system.ts";
import { atMost } from "../shared/waiting.ts";
import { call, type StatusResponse } from "./gateway.ts";

const STATUS_MS = 1_000;

/** Who leads, by what the nodes say that answer. */
export async function leader({ endpoints }: SystemEnv, signal: AbortSignal): Promise<NodeId | undefined> {
  const answers = await Promise.allSettled(
    endpoints.map(async (node) => {
      const status = atMost(STATUS_MS, signal, (limit) => call({ node }, "/v3/maintenance/status", {}, limit));
      return { node: node.node, ...(await status) };
    }),
  );
  return leaderAmong(answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])));
}

/** A deposed leader still names itself, but in an older term; a candidate is in a later one, but names nobody. */
export function leaderAmong(answers: readonly (StatusResponse & { readonly node: NodeId })[]): NodeId | undefined {
  let latest: StatusResponse | undefined;
  for (const answer of answers)
    if ((answer.leader ?? "0") !== "0" && (!latest || BigInt(answer.raftTerm) > BigInt(latest.raftTerm)))
      latest = answer;
  return answers.find(({ header }) => header.member_id === latest?.leader)?.node;
}
