import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { Outcome } from "../../../src/core/operation.ts";
import type { SystemClient } from "../../../src/core/system.ts";
import { etcd } from "../../../src/systems/etcd/index.ts";
import { until } from "../../../src/systems/shared/waiting.ts";
import { missingDocker } from "../../support/docker.ts";
import { type RealCluster, startCluster } from "../containers.ts";

const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);
const OK: Outcome = { type: "ok", value: null };

describe.skipIf((await missingDocker(false)) !== undefined)("a real cluster of etcd", { timeout: 30_000 }, () => {
  let cluster: RealCluster;
  let process = 0;

  const open = async (node: string, reads = "linearizable-reads"): Promise<SystemClient> => {
    const env = { ...cluster.env, config: { reads }, process: process++, node: cluster.node(node) };
    return etcd.client(env);
  };
  const invoke = (client: SystemClient, f: string, key: string, input: Json, ms = 5_000, final?: true) =>
    client.invoke({ f, key, input, ...(final ? { final } : {}) }, within(ms));
  const ready = (node: string) =>
    until(`${node} is ready`, (limit) => etcd.ready(cluster.node(node), cluster.env, limit), within(15_000));

  beforeAll(async () => {
    cluster = await startCluster(etcd, "sbtest-etcd", "198.18.240", {});
    await Promise.all(["n1", "n2", "n3"].map(ready));
    await etcd.setup?.(cluster.env, within(20_000));
  }, 180_000);

  afterAll(() => cluster?.remove(), 60_000);

  it("serves registers on every node", async () => {
    const [a, b, c] = [await open("n1"), await open("n2"), await open("n3", "serializable-reads")];
    expect(await invoke(a, "read", "r", null)).toEqual({ type: "ok", value: null });
    expect(await invoke(a, "cas", "r", [1, 2])).toMatchObject({ type: "fail", error: { name: "precondition-failed" } });
    expect(await invoke(a, "cas", "r", [null, 1])).toEqual(OK);
    expect(await invoke(b, "read", "r", null)).toEqual({ type: "ok", value: 1 });
    expect(await invoke(b, "cas", "r", [null, 7])).toMatchObject({ error: { text: "expected null, found 1" } });
    expect(await invoke(b, "cas", "r", [1, 2])).toEqual(OK);
    expect(await invoke(c, "write", "r", 3)).toEqual(OK);
    // A node answers a write once it has applied it itself.
    expect(await invoke(c, "read", "r", null)).toEqual({ type: "ok", value: 3 });
    expect(await invoke(a, "read", "r", null)).toEqual({ type: "ok", value: 3 });
    await expect(invoke(a, "swap", "r", 1)).rejects.toMatchObject({ error: "not-supported" });
  });

  it("appends each item once, whoever else appends", async () => {
    const clients = await Promise.all(["n1", "n2", "n3"].map((node) => open(node)));
    const appended = clients.map(async (client, i) => {
      for (let n = 0; n < 10; n++) expect(await invoke(client, "append", "l", i * 10 + n)).toEqual(OK);
    });
    await Promise.all(appended);
    const [client] = clients;
    const read = client && (await invoke(client, "read", "l", null));
    const items = read?.type === "ok" ? (read.value as number[]) : [];
    expect(items.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    for (const i of [0, 1, 2])
      expect(items.filter((item) => Math.floor(item / 10) === i)).toEqual(
        Array.from({ length: 10 }, (_, n) => i * 10 + n),
      );
  });

  it("tells what certainly did not happen from what may have, when nodes are killed and start again", async () => {
    const leader = await etcd.leader?.(cluster.env, within(3_000));
    const [other = "", third = ""] = ["n1", "n2", "n3"].filter((node) => node !== leader);
    if (leader === undefined) throw new Error("nobody leads");
    const old = await open(leader);
    expect(await invoke(old, "write", "x", 1)).toEqual(OK);
    await cluster.kill(leader);
    const fresh = await open(leader);
    for (const f of ["write", "append", "read"])
      await expect(invoke(fresh, f, "x", 2)).rejects.toMatchObject({ name: "DefiniteError" });
    await expect(etcd.ready(cluster.node(leader), cluster.env, within(1_000))).rejects.toThrow();
    // It had answers from the node, and sends without asking first.
    const error: unknown = await invoke(old, "write", "x", 3).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toMatchObject({ name: "DefiniteError" });

    const survivor = await open(other);
    await until(
      "the others have a new leader",
      () => invoke(survivor, "read", "x", null, 900).then(() => true),
      within(10_000),
    );
    expect(await invoke(survivor, "read", "x", null)).toEqual({ type: "ok", value: 1 });
    const successor = await etcd.leader?.(cluster.env, within(3_000));
    expect([other, third]).toContain(successor);

    // Without a quorum: its copy can be read and nothing else.
    await cluster.kill(third);
    const local = await open(other, "serializable-reads");
    expect(await invoke(local, "read", "x", null)).toEqual({ type: "ok", value: 1 });
    expect(await invoke(survivor, "read", "x", null, 2_000, true)).toEqual({ type: "ok", value: 1 });
    await expect(invoke(local, "write", "x", 4, 1_500)).rejects.toMatchObject({ name: "TimeoutError" });

    // A node that starts again without a quorum is ready, though it serves nobody yet.
    await cluster.kill(other);
    await cluster.start(other);
    await ready(other);
    const waiting = await open(other);
    await expect(invoke(waiting, "write", "x", 5)).rejects.toMatchObject({ name: "DefiniteError" });
    await Promise.all([cluster.start(leader), cluster.start(third)]);
    await until(
      "the cluster serves again",
      () => invoke(waiting, "write", "y", 1, 900).then(() => true),
      within(15_000),
    );
    const after = await invoke(waiting, "read", "x", null);
    expect(after.type === "ok" && [1, 4]).toContain(after.type === "ok" && after.value);
  });

  it("does not wait for a frozen node when nothing was sent yet", async () => {
    await cluster.pause("n2");
    try {
      const startedAt = performance.now();
      await expect(invoke(await open("n2"), "write", "z", 1)).rejects.toMatchObject({ name: "DefiniteError" });
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      expect(["n1", "n3", undefined]).toContain(await etcd.leader?.(cluster.env, within(3_000)));
    } finally {
      await cluster.unpause("n2");
    }
  });
});
