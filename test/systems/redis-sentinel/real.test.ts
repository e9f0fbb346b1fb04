import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { Outcome } from "../../../src/core/operation.ts";
import type { SystemClient } from "../../../src/core/system.ts";
import { ask } from "../../../src/systems/redis-sentinel/connection.ts";
import { redisSentinel } from "../../../src/systems/redis-sentinel/index.ts";
import { refusalOf } from "../../../src/systems/redis-sentinel/refusals.ts";
import { until } from "../../../src/systems/shared/waiting.ts";
import { missingDocker } from "../../support/docker.ts";
import { type RealCluster, startCluster } from "../containers.ts";

const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);
const OK: Outcome = { type: "ok", value: null };
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.skipIf((await missingDocker(false)) !== undefined)("real Redis with Sentinel", { timeout: 40_000 }, () => {
  let cluster: RealCluster;
  let process = 0;

  const open = async (node: string): Promise<SystemClient> =>
    redisSentinel.client({ ...cluster.env, process: process++, node: cluster.node(node) });
  const invoke = (client: SystemClient, f: string, key: string, input: Json, ms = 5_000, final?: true) =>
    client.invoke({ f, key, input, ...(final ? { final } : {}) }, within(ms));
  const ready = (node: string) =>
    until(`${node} is ready`, (limit) => redisSentinel.ready(cluster.node(node), cluster.env, limit), within(15_000));
  const leader = () => redisSentinel.leader?.(cluster.env, within(3_000));
  /** A new session on the node writes. */
  const writes = (node: string) =>
    until(
      `a session on ${node} writes`,
      async () => {
        const client = await open(node);
        try {
          return (await invoke(client, "write", "probe", 1, 900)).type === "ok";
        } finally {
          await client.close();
        }
      },
      within(15_000),
    );

  beforeAll(async () => {
    cluster = await startCluster(redisSentinel, "sbtest-redis", "198.18.241", { acks: "min-replicas" });
    await Promise.all(["n1", "n2", "n3"].map(ready));
    await redisSentinel.setup?.(cluster.env, within(20_000));
  }, 180_000);

  afterAll(() => cluster?.remove(), 60_000);

  it("serves registers and lists through every node's Sentinel, and shows each node's own copy", async () => {
    expect(await leader()).toBe("n1");
    const [a, b, c] = [await open("n1"), await open("n2"), await open("n3")];
    expect(await invoke(a, "read", "r", null)).toEqual({ type: "ok", value: null });
    expect(await invoke(b, "cas", "r", [1, 2])).toMatchObject({ type: "fail", error: { name: "precondition-failed" } });
    expect(await invoke(b, "cas", "r", [null, 1])).toEqual(OK);
    expect(await invoke(c, "cas", "r", [null, 7])).toMatchObject({ error: { text: "expected null, found 1" } });
    expect(await invoke(c, "cas", "r", [1, 2])).toEqual(OK);
    expect(await invoke(a, "read", "r", null)).toEqual({ type: "ok", value: 2 });
    expect(await invoke(a, "write", "r", { deep: [1] })).toEqual(OK);
    expect(await invoke(b, "read", "r", null)).toEqual({ type: "ok", value: { deep: [1] } });
    for (const [i, client] of [a, b, c].entries()) expect(await invoke(client, "append", "l", i)).toEqual(OK);
    expect(await invoke(c, "read", "l", null)).toEqual({ type: "ok", value: [0, 1, 2] });
    for (const client of [a, b, c]) {
      const copied = async () => {
        const read = await invoke(client, "read", "l", null, 1_000, true);
        return read.type === "ok" && JSON.stringify(read.value) === "[0,1,2]";
      };
      await until("the copy has all", copied, within(3_000));
      await client.close();
    }
    await expect(invoke(a, "swap", "r", 1)).rejects.toMatchObject({ error: "not-supported" });
    const clock = await redisSentinel.clockMs?.(cluster.node("n2"), within(1_000));
    expect(Math.abs((clock ?? 0) - Date.now())).toBeLessThan(2_000);
  });

  it("knows the refusal of a replica", async () => {
    const error = await thrownBy(ask(cluster.node("n2"), 6379, ["SET", "k", "1"], within(1_000)));
    expect(refusalOf(error)).toMatchObject({ error: "temporarily-unavailable", message: /^READONLY/ });
  });

  it("follows a fail-over, and tells what certainly did not happen from what may have", async () => {
    const [old, other] = [await open("n2"), await open("n3")];
    for (const client of [old, other]) expect(await invoke(client, "write", "x", 1)).toEqual(OK);
    await cluster.pause("n1");
    // Sent to the frozen primary on a connection that was there.
    const lost = await thrownBy(invoke(old, "write", "x", 2, 1_000));
    expect(lost).toMatchObject({ name: "TimeoutError" });
    await old.close();
    // Nothing was sent: n1's Sentinel does not say who the primary is.
    const startedAt = performance.now();
    for (const f of ["write", "read"])
      await expect(invoke(await open("n1"), f, "x", 3)).rejects.toMatchObject({ name: "DefiniteError" });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await until("n2 or n3 leads", async () => ["n2", "n3"].includes((await leader()) ?? ""), within(15_000));
    await writes("n2");
    // It sat idle over the fail-over with a connection to n1, which does not show that it is dead.
    expect(await thrownBy(invoke(other, "read", "x", null, 500))).toBeInstanceOf(Error);
    await other.close();
    await cluster.unpause("n1");
  });

  it("comes back from a kill in the role that Sentinel gave it, and refuses writes without replicas", async () => {
    const primary = (await leader()) ?? "";
    expect(["n2", "n3"]).toContain(primary);
    const session = await open(primary);
    expect(await invoke(session, "append", "kept", 1)).toEqual(OK);
    await cluster.kill(primary);
    const error = await thrownBy(invoke(session, "append", "kept", 2));
    expect(error).toBeInstanceOf(Error);
    for (const f of ["write", "append", "read"])
      await expect(invoke(await open(primary), f, "kept", 3)).rejects.toMatchObject({ name: "DefiniteError" });
    await cluster.start(primary);
    await ready(primary);
    const role = await ask(cluster.node(primary), 6379, ["ROLE"], within(1_000));
    expect(role).toMatchObject({ 0: "master" });
    await writes(primary);
    const kept = await invoke(await open(primary), "read", "kept", null);
    expect(kept.type === "ok" && (kept.value as number[]).filter((item) => item === 1)).toEqual([1]);

    const lone = await open(primary);
    for (const node of ["n1", "n2", "n3"]) if (node !== primary) await cluster.kill(node);
    const refusal = async () => {
      const thrown = await thrownBy(invoke(lone, "write", "y", 1));
      return thrown instanceof Error && /^NOREPLICAS/.test(thrown.message) && thrown.name === "DefiniteError";
    };
    await until("the primary refuses", refusal, within(8_000));
    expect(await thrownBy(invoke(lone, "cas", "z", [null, 1]))).toMatchObject({ name: "DefiniteError" });
    expect(await invoke(lone, "read", "z", null)).toEqual({ type: "ok", value: null });
    await lone.close();
  });
});
