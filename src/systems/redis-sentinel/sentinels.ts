import type { NodeId } from "../../core/operation.ts";
import type { Endpoint, SystemEnv } from "../../core/system.ts";
import { atMost, until } from "../shared/waiting.ts";
import { ask } from "./connection.ts";
import { DOWN_AFTER_MS, FAILOVER_TIMEOUT_MS, MASTER, majority, REDIS_PORT, SENTINEL_PORT } from "./settings.ts";

const ASK_MS = 1_000;

/** The address of the primary, as a Sentinel has it; `undefined` if it watches none. */
async function primaryOf(node: Endpoint, signal: AbortSignal): Promise<string | undefined> {
  const reply = await ask(node, SENTINEL_PORT, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER], signal);
  return Array.isArray(reply) ? String(reply[0]) : undefined;
}

/** The node that most of the Sentinels that answer call the primary's. */
export async function leader({ endpoints }: SystemEnv, signal: AbortSignal): Promise<NodeId | undefined> {
  const answers = await atMost(ASK_MS, signal, (limit) =>
    Promise.allSettled(endpoints.map((node) => primaryOf(node, limit))),
  );
  const address = mostNamed(answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : [])));
  return endpoints.find((node) => node.address === address)?.node;
}

/** What more than half of the answers name. */
export const mostNamed = (answers: readonly (string | undefined)[]): string | undefined =>
  answers.find((one) => answers.filter((other) => other === one).length * 2 > answers.length);

/** Has the Sentinels watch the first node's Redis, once all others replicate it, and waits until they know all of it. */
export async function watchPrimary({ endpoints }: SystemEnv, signal: AbortSignal): Promise<void> {
  const [primary] = endpoints;
  if (!primary) return;
  const others = endpoints.length - 1;
  const replicates = async (limit: AbortSignal): Promise<boolean> =>
    replicasOnline(String(await ask(primary, REDIS_PORT, ["INFO", "replication"], limit))) === others;
  await until(`${others} replicas follow ${primary.node}`, replicates, signal);
  await Promise.all(endpoints.map((node) => watch(node, primary, endpoints.length, signal)));
  const complete = (node: Endpoint) => async (limit: AbortSignal) =>
    seesAll(await ask(node, SENTINEL_PORT, ["SENTINEL", "MASTER", MASTER], limit), others);
  await Promise.all(
    endpoints.map((node) => until(`the Sentinel of ${node.node} sees all others`, complete(node), signal)),
  );
}

async function watch(node: Endpoint, primary: Endpoint, nodes: number, signal: AbortSignal): Promise<void> {
  if ((await primaryOf(node, signal)) !== undefined) return;
  const command = (...args: (string | number)[]) => ask(node, SENTINEL_PORT, ["SENTINEL", ...args], signal);
  await command("MONITOR", MASTER, primary.address, REDIS_PORT, majority(nodes));
  await command("SET", MASTER, "down-after-milliseconds", DOWN_AFTER_MS, "failover-timeout", FAILOVER_TIMEOUT_MS);
}

/** From the text of `INFO replication`: `slave0:ip=…,port=…,state=online,…`. */
export const replicasOnline = (info: string): number => info.match(/^slave\d+:.*\bstate=online\b/gm)?.length ?? 0;

/** True if a Sentinel could carry out a fail-over: from the reply of `SENTINEL MASTER`, names and values in turn. */
export function seesAll(reply: unknown, others: number): boolean {
  if (!Array.isArray(reply)) return false;
  const value = (name: string): string => String(reply[reply.indexOf(name) + 1]);
  return (
    value("flags") === "master" &&
    Number(value("num-slaves")) === others &&
    Number(value("num-other-sentinels")) === others
  );
}
