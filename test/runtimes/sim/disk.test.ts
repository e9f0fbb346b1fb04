import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { Random } from "../../../src/core/random.ts";
import type { Disk } from "../../../src/core/replica.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";
import { ok, toyModel, watch } from "./toy.ts";

type Step = { readonly on: "write" | "append" | "truncate"; readonly name: string; readonly value: number } | "sync";

const names = ["a", "b"] as const;
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        on: fc.constantFrom("write", "append", "truncate"),
        name: fc.constantFrom(...names),
        value: fc.nat(5),
      }) as fc.Arbitrary<Step>,
    },
    { weight: 1, arbitrary: fc.constant<Step>("sync") },
  ),
  { maxLength: 30 },
);

/** The slow, obvious oracle: contents after the first `count` steps, from scratch. */
function contents(all: readonly Step[], count: number): Json {
  const cells: Record<string, number | null> = { a: null, b: null };
  const logs: Record<string, number[]> = { a: [], b: [] };
  for (const step of all.slice(0, count)) {
    if (step === "sync") continue;
    if (step.on === "write") cells[step.name] = step.value;
    if (step.on === "append") logs[step.name] = [...(logs[step.name] ?? []), step.value];
    if (step.on === "truncate") logs[step.name] = (logs[step.name] ?? []).slice(0, step.value);
  }
  return { cells, logs };
}

const read = (disk: Disk): Json => ({
  cells: Object.fromEntries(names.map((name) => [name, disk.read(name) ?? null])),
  logs: Object.fromEntries(names.map((name) => [name, [...disk.records(name)]])),
});

describe("a disk", () => {
  it("reads back every change at once, and after a crash exactly what was synced", () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 1, maxLength: 4 }), (lives) => {
        const disk = new SimDisk(true, () => undefined);
        let durable: Step[] = [];
        for (const life of lives) {
          const done = [...durable];
          for (const step of life) {
            done.push(step);
            if (step === "sync") {
              disk.sync();
              disk.synced();
              durable = [...done];
            } else if (step.on === "truncate") disk.truncate(step.name, step.value);
            else disk[step.on](step.name, step.value);
            expect(read(disk)).toEqual(contents(done, done.length));
          }
          disk.crash(new Random(1));
          expect(read(disk)).toEqual(contents(durable, durable.length));
        }
      }),
    );
  });

  it("keeps, after a crash in the middle of a sync, what was changed up to some point: sometimes nothing, sometimes all", () => {
    const lengths = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const disk = new SimDisk(true, () => undefined);
      for (let i = 0; i < 4; i++) disk.append("log", i);
      disk.sync();
      disk.append("log", "not covered by the sync");
      disk.crash(new Random(seed));
      expect([0, 1, 2, 3].slice(0, disk.records("log").length)).toEqual(disk.records("log"));
      lengths.add(disk.records("log").length);
    }
    expect([...lengths].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

const steady = {
  network: { delay: { kind: "constant", ms: 1 } },
  disk: { syncMs: { kind: "constant", ms: 2 } },
} as const;

describe("output commit", () => {
  /** Sends, then syncs: what it sent must wait for the sync all the same. */
  const eager = toyModel((env) => ({
    onRequest(request) {
      env.send("n2", { type: "written" });
      env.trace("wrote", {});
      env.reply(request, { outcome: ok("written") });
      env.disk.write("cell", request.op.input);
      if (request.op.f === "write") env.disk.sync();
      if (request.op.f === "write-twice") {
        env.disk.sync();
        env.disk.write("other", request.op.input);
        env.disk.sync();
      }
      env.disk.write("unsynced", request.op.input);
    },
    onMessage: (_from, message) => env.trace("got", message),
    onTimer: () => undefined,
  }));

  it("lets no message, reply or fact leave before the sync of the same handler has completed", async () => {
    const { cluster, get, messages, traced, nowMs } = watch({ ...steady, model: eager });
    await get("n1", "write", "", 7); // There 1 ms, sync 2 ms, back 1 ms.
    expect(nowMs()).toBe(4);
    expect(messages.filter(({ event, src }) => event === "send" && src === "n1").map(({ atNs }) => atNs)).toEqual([
      3e6, 3e6,
    ]);
    expect(traced.filter(({ event }) => event === "wrote")).toMatchObject([{ atMs: 3 }]);
    await get("n1", "write-twice", "", 7);
    expect(nowMs()).toBe(10);
    await get("n1", "do-not-sync", "", 7);
    expect(nowMs()).toBe(12);
    await cluster.stop();
  });

  it("makes later inputs wait", async () => {
    const { cluster, ask, nowMs } = watch({ ...steady, model: eager });
    const timesMs: number[] = [];
    const asked = [0, 1, 2].map(async (i) => {
      await ask("n1", "write", "", i);
      timesMs.push(nowMs());
    });
    await Promise.all(asked);
    expect(timesMs).toEqual([4, 6, 8]);
    await cluster.stop();
  });

  it("lets nothing leave if the node dies in the middle of the sync, whatever the disk kept", async () => {
    const kept: Json[] = [];
    for (let seed = 0; seed < 20; seed++) {
      const model = toyModel((env) => {
        kept.push(env.disk.read("cell") ?? null);
        return {
          onRequest: () => {
            env.disk.write("cell", 1);
            env.disk.sync();
            env.send("n2", { type: "written" });
          },
        };
      });
      const { cluster, ask, sleepMs, messages, traced } = watch({ ...steady, model, seed, nodes: 2 });
      kept.length = 0;
      const asked = ask("n1", "write", "", null, 50);
      await sleepMs(2.9);
      await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
      expect((await asked).type).toBe("info");
      expect(messages.filter(({ src }) => src === "n1")).toEqual([]);
      expect(traced).toEqual([]);
      expect([null, 1]).toContain(kept[0]);
      await cluster.stop();
    }
  });

  it("waits for the sync also when a pause within it ends", async () => {
    const { cluster, ask, sleepMs, nowMs } = watch(steady);
    const asked = ask("n1", "increment"); // Arrives at 1 ms, is synced at 3 ms.
    await sleepMs(1.5);
    const heal = await cluster.inject({ kind: "pause", nodes: ["n1"] });
    await sleepMs(0.5);
    await heal();
    await asked;
    expect(nowMs()).toBe(4);
    await cluster.stop();
  });

  it("does not take the sync of an incarnation that died for one of the next", async () => {
    const kept = new Set<Json>();
    for (let seed = 0; seed < 20; seed++) {
      const { cluster, ask, sleepMs, details } = watch({ ...steady, seed });
      const asked = [ask("n1", "increment", "", true, 50)];
      await sleepMs(1.5); // The first sync would end at 3 ms.
      await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
      const before = details("started", "n1").at(-1)?.count as number;
      asked.push(ask("n1", "increment", "", true, 50));
      await sleepMs(1.8); // The second began at 2.5 ms and would end at 4.5 ms.
      await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
      kept.add((details("started", "n1").at(-1)?.count as number) - before);
      expect((await Promise.all(asked)).map(({ type }) => type)).toEqual(["info", "info"]);
      await cluster.stop();
    }
    expect(kept).toEqual(new Set([0, 1]));
  });

  it("has the sync complete behind a pause, and its effects leave at the end of it", async () => {
    const { cluster, ask, get, sleepMs, nowMs, details } = watch(steady);
    const asked = ask("n1", "increment");
    await sleepMs(2);
    const heal = await cluster.inject({ kind: "pause", nodes: ["n1"] });
    await sleepMs(48);
    await heal();
    expect((await asked).type).toBe("ok");
    expect(nowMs()).toBe(51);

    // Synced before the crash, though the node never learned of it.
    const lost = ask("n1", "increment", "", true, 100);
    await sleepMs(2);
    const pause = await cluster.inject({ kind: "pause", nodes: ["n1"] });
    await sleepMs(10);
    const kill = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    await pause();
    await kill();
    expect((await lost).type).toBe("info");
    expect(details("started", "n1").at(-1)).toEqual({ count: 2 });
    expect(await get("n1", "increment")).toBe(3);
    await cluster.stop();
  });
});

describe("a crash", () => {
  it("loses exactly the writes that were not synced", async () => {
    const { cluster, get, details } = watch(steady);
    await get("n1", "increment");
    await get("n1", "increment");
    await get("n1", "increment", "", false);
    expect(await get("n1", "increment", "", false)).toBe(4);
    await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
    expect(details("started", "n1")).toEqual([{ count: 0 }, { count: 2 }]);
    await cluster.stop();
  });
});

describe("a stalled disk", () => {
  it("makes each sync take longer, only on the nodes named, and stalls add up", async () => {
    const { cluster, get, nowMs } = watch(steady);
    const took = async (node: string, f = "increment"): Promise<number> => {
      const startMs = nowMs();
      await get(node, f);
      return nowMs() - startMs;
    };
    const heal = await cluster.inject({ kind: "disk", nodes: ["n1", "n2"], stallMs: 100 });
    const more = await cluster.inject({ kind: "disk", nodes: ["n2"], stallMs: 50 });
    expect(await took("n1")).toBeCloseTo(104, 6);
    expect(await took("n2")).toBeCloseTo(154, 6);
    expect(await took("n3")).toBeCloseTo(4, 6);
    expect(await took("n1", "echo")).toBeCloseTo(2, 6);
    await heal();
    expect(await took("n1")).toBeCloseTo(4, 6);
    expect(await took("n2")).toBeCloseTo(54, 6);
    await more();
    await cluster.stop();
  });

  it("lets a sync under way go on when it is healed", async () => {
    const { cluster, ask, sleepMs, nowMs } = watch(steady);
    const heal = await cluster.inject({ kind: "disk", nodes: ["n1"], stallMs: 60_000 });
    const asked = [ask("n1", "increment"), ask("n1", "increment")];
    await sleepMs(500);
    await heal();
    expect((await Promise.all(asked)).map(({ type }) => type)).toEqual(["ok", "ok"]);
    expect(nowMs()).toBe(503);
    await cluster.stop();
  });
});
