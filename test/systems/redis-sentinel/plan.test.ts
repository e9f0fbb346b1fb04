import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import type { FaultKind } from "../../../src/core/fault.ts";
import { SYSTEMS } from "../../../src/systems/index.ts";
import { plan } from "../../../src/systems/redis-sentinel/plan.ts";
import { refusalOf } from "../../../src/systems/redis-sentinel/refusals.ts";
import { mostNamed, replicasOnline, seesAll } from "../../../src/systems/redis-sentinel/sentinels.ts";

const nodes = [1, 2, 3].map((i) => ({ id: `n${i}`, address: `10.0.0.${i}` }));

/** The settings a container begins with, the last of its arguments. */
const settings = (node: string, role: string, config = {}): string[] =>
  (
    plan(nodes, config)
      [node]?.find((container) => container.role === role)
      ?.command.at(-1) ?? ""
  ).split("\n");

const reply = (message: string): Error => Object.assign(new Error(message), { name: "ReplyError" });

describe("Redis with Sentinel", () => {
  it("puts a Redis and a Sentinel on each node, all but the first one's Redis a replica of that", () => {
    const plans = plan(nodes, {});
    expect(Object.values(plans).map((containers) => containers.map(({ role }) => role))).toEqual(
      nodes.map(() => ["redis", "sentinel"]),
    );
    expect(settings("n1", "redis").filter((line) => line.startsWith("replicaof"))).toEqual([]);
    for (const node of ["n2", "n3"]) expect(settings(node, "redis")).toContain("replicaof 10.0.0.1 6379");
    expect(settings("n1", "redis")).not.toContain("min-replicas-to-write 1");
    expect(settings("n1", "redis", { acks: "min-replicas" })).toContain("min-replicas-to-write 1");
    expect(settings("n1", "sentinel")).toContain("port 26379");
  });

  it("writes its settings once, and keeps what the service made of them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "splitbrain-redis-"));
    try {
      const [program = "", ...args] = plan(nodes, {}).n2?.[0]?.command ?? [];
      const file = join(folder, "redis.conf");
      const here = args.map((arg) => (arg === "redis-server" ? "true" : arg === "/data/redis.conf" ? file : arg));
      await execa(program, here);
      expect((await readFile(file, "utf8")).trimEnd().split("\n")).toEqual(settings("n2", "redis"));
      await writeFile(file, "rewritten");
      await execa(program, here);
      expect(await readFile(file, "utf8")).toBe("rewritten");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("takes a write for undone only where Redis says so instead of doing it, or it was not sent", () => {
    for (const text of [
      "READONLY You can't write against a read only replica.",
      "NOREPLICAS Not enough good replicas to write.",
      "LOADING Redis is loading the dataset in memory",
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
      "CLUSTERDOWN The cluster is down",
    ])
      expect(refusalOf(reply(text))).toMatchObject({ name: "DefiniteError", error: "temporarily-unavailable" });
    const unsent = new Error("Stream isn't writeable and enableOfflineQueue options is false");
    expect(refusalOf(unsent)).toMatchObject({ name: "DefiniteError" });
    const open = [
      reply("ERR something else"),
      new Error("Connection is closed."),
      new Error("READONLY from elsewhere"),
    ];
    for (const error of [...open, new Error("read ECONNRESET"), undefined]) expect(refusalOf(error)).toBe(undefined);
  });

  it("understands what Redis and Sentinel tell of each other", () => {
    const info =
      "role:master\r\nconnected_slaves:2\r\nslave0:ip=a,port=1,state=online,lag=0\r\nslave1:ip=b,state=send_bulk\r\n";
    expect(replicasOnline(info)).toBe(1);
    const master = ["name", "m", "flags", "master", "num-slaves", "2", "num-other-sentinels", "2"];
    expect(seesAll(master, 2)).toBe(true);
    expect(seesAll(master, 4)).toBe(false);
    expect(seesAll(master.with(3, "s_down,master"), 2)).toBe(false);
    expect(seesAll(null, 2)).toBe(false);
    expect(mostNamed(["a", "b", "b"])).toBe("b");
    expect(mostNamed(["a", "b"])).toBe(undefined);
    expect(mostNamed(["a", undefined, undefined])).toBe(undefined);
  });

  it("promises agreement unless clocks jump, and expects lost writes where a primary is cut off", () => {
    const system = SYSTEMS["redis-sentinel"];
    const under = (...faults: FaultKind[]) => ({ config: {}, faults: new Set(faults) });
    expect(system?.holds(under())).toEqual(["linearizable", "eventual"]);
    expect(system?.holds(under("partition", "kill"))).toEqual(["eventual"]);
    expect(system?.holds(under("partition", "clock"))).toEqual([]);
    expect(system?.breaks(under("partition"))).toEqual(["durable"]);
    expect(system?.breaks(under("kill"))).toEqual([]);
    expect(system?.reject?.({}, 2, "register")).toMatch(/at least 3 nodes/);
    expect(system?.reject?.({}, 3, "register")).toBe(undefined);
  });
});
