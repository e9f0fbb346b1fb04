import { expect, it } from "vitest";
import type { Fault } from "../../src/core/fault.ts";
import { Random } from "../../src/core/random.ts";
import { msToNs } from "../../src/core/time.ts";
import { onAll } from "./bed.ts";
import { HOUR_MS, NOISE_MS } from "./worlds.ts";

onAll("with broken processes", (bed) => {
  it("freezes a node with its memory, and has it answer later what came meanwhile", async () => {
    await bed.lab.ask("n1", "remember", undefined, "before");
    const first = await bed.cluster.inject({ kind: "pause", nodes: ["n1", "n2"] });
    const second = await bed.cluster.inject({ kind: "pause", nodes: ["n1"] });
    expect(await bed.lab.outcome("n1", { f: "remember", input: "meanwhile" }, 300)).toMatchObject({ type: "info" });
    await bed.lab.ask("n3", "send", "n1", "to the frozen");
    await first();
    await bed.lab.ask("n2", "echo");
    expect(await bed.lab.outcome("n1", { f: "echo" }, 300)).toMatchObject({ type: "info" });
    await second();
    if (bed.world.network === "harness") {
      await bed.lab.until(
        () => bed.lab.ask("n1", "recall"),
        (memory) => memory === "meanwhile",
      );
      await bed.lab.until(
        () => bed.lab.inbox("n1"),
        (inbox) => inbox.includes("to the frozen"),
      );
    } else {
      // A client that gave up, or a peer that took the silence for death, has closed its connection.
      expect(["before", "meanwhile"]).toContain(await bed.lab.ask("n1", "recall"));
      await bed.passes("n3", "n1", "to the thawed");
    }
    expect(bed.failures()).toEqual([]);
  });

  it("kills a node, refuses its requests for sure, and restarts it with what was synced and nothing else", async () => {
    await bed.lab.ask("n1", "remember", undefined, "in memory");
    await bed.lab.ask("n1", "store", "synced cell", { value: { a: [1] }, sync: true });
    await bed.lab.ask("n1", "append", "log", { value: "one", sync: false });
    await bed.lab.ask("n1", "append", "log", { value: "two", sync: true });
    await bed.lab.ask("n1", "append", "log", { value: "three", sync: false });
    await bed.lab.ask("n1", "store", "cell", { value: "lost", sync: false });
    const heal = await bed.cluster.inject({ kind: "kill", nodes: ["n1"] });
    expect(await bed.lab.outcome("n1", { f: "echo" })).toMatchObject({
      type: "fail",
      error: { name: "node-not-found" },
    });
    await bed.lab.ask("n2", "send", "n1", "to the dead");
    if (bed.world.network === "harness")
      await bed.lab.until(() => bed.messages.some(({ event, src }) => event === "drop" && src === "n2"), Boolean);
    await heal();
    expect(await bed.lab.ask("n1", "recall")).toBeNull();
    expect(await bed.lab.ask("n1", "stored", "synced cell")).toEqual({ a: [1] });
    expect(await bed.lab.ask("n1", "stored", "cell")).toBeNull();
    expect(await bed.lab.ask("n1", "records", "log")).toEqual(["one", "two"]);
    expect(await bed.inbox("n1", ["to the dead"])).toEqual([]);
    await bed.passes("n2", "n1", "to the living");
    expect(bed.failures()).toEqual([]);
  });

  it("keeps a log's truncation once it was synced, and appends after it", async () => {
    for (const value of ["a", "b", "c"]) await bed.lab.ask("n1", "append", "log", { value, sync: true });
    await bed.lab.ask("n1", "truncate", "log", { length: 1, sync: false });
    await bed.lab.ask("n1", "append", "log", { value: "d", sync: true });
    await bed.lab.ask("n1", "truncate", "log", { length: 0, sync: false });
    expect(await bed.lab.ask("n1", "records", "log")).toEqual([]);
    const heal = await bed.cluster.inject({ kind: "kill", nodes: ["n1"] });
    await heal();
    expect(await bed.lab.ask("n1", "records", "log")).toEqual(["a", "d"]);
  });

  it("keeps a node dead until all who killed it let go, and frozen if it is to be frozen when it is back", async () => {
    const pause = await bed.cluster.inject({ kind: "pause", nodes: ["n1"] });
    const first = await bed.cluster.inject({ kind: "kill", nodes: ["n1"] });
    const second = await bed.cluster.inject({ kind: "kill", nodes: ["n1", "n2", "n3"] });
    await first();
    expect(await bed.lab.outcome("n1", { f: "echo" })).toMatchObject({ type: "fail" });
    await second();
    await bed.lab.ask("n2", "echo");
    expect(await bed.lab.outcome("n1", { f: "echo" }, 300)).toMatchObject({ type: "info" });
    await pause();
    await bed.lab.ask("n1", "echo");
  });

  it("reports a node that dies by itself, goes on without it, and brings it back when a kill is healed", async () => {
    expect(await bed.lab.outcome("n2", { f: "die" }, 2000)).toMatchObject({ type: "info" });
    await bed.lab.until(
      () => bed.failures().length,
      (count) => count === 1,
    );
    expect(await bed.lab.outcome("n2", { f: "echo" })).toMatchObject({
      type: "fail",
      error: { name: "node-not-found" },
    });
    await bed.passes("n1", "n3", "life goes on");
    const heal = await bed.cluster.inject({ kind: "kill", nodes: ["n2"] });
    await heal();
    await bed.lab.ask("n2", "echo");
    expect(bed.failures().length).toBe(1);
  });
});

onAll("with a slow disk", (bed) => {
  it("makes a sync take longer, and what leaves after it, and what comes behind it", async () => {
    const heal = await bed.cluster.inject({ kind: "disk", nodes: ["n1"], stallMs: 400 });
    const startNs = bed.cluster.nowNs();
    const stored = bed.lab.ask("n1", "persist-and-send", "n2", "durable");
    // Each on a connection of its own: what is asked later need not arrive later, unless it waits.
    await bed.lab.sleep(50);
    const echoed = bed.lab.ask("n1", "echo").then(() => bed.cluster.nowNs());
    await bed.lab.ask("n2", "echo");
    await stored;
    expect(bed.cluster.nowNs() - startNs).toBeGreaterThanOrEqual(msToNs(400));
    expect((await echoed) - startNs).toBeGreaterThanOrEqual(msToNs(400));
    if (bed.world.network === "harness") {
      const arrival = await bed.lab.until(
        () => bed.messages.find(({ event, src, dest }) => event === "recv" && src === "n1" && dest === "n2"),
        Boolean,
      );
      expect((arrival?.atNs ?? 0) - startNs).toBeGreaterThanOrEqual(msToNs(400));
    }

    // A timer that is due meanwhile waits like any input.
    await bed.lab.ask("n1", "timer-and-sync", "behind", 1);
    const [fired] = await bed.lab.until(
      () => bed.lab.ask<{ afterMs: number }[]>("n1", "fired"),
      (timers) => timers.length > 0,
    );
    expect(fired?.afterMs).toBeGreaterThanOrEqual(400);
    await heal();
  });

  it("is quick again once healed, also for a sync that is under way", async () => {
    const heal = await bed.cluster.inject({ kind: "disk", nodes: ["n1"], stallMs: HOUR_MS });
    expect(
      await bed.lab.outcome("n1", { f: "append", key: "log", input: { value: 1, sync: true } }, 200),
    ).toMatchObject({
      type: "info",
    });
    await heal();
    await bed.lab.ask("n1", "append", "log", { value: 2, sync: true });
    expect(await bed.lab.ask("n1", "records", "log")).toEqual([1, 2]);
  });
});

onAll("with any fault", (bed) => {
  it("refuses faults that make no sense, and says why", async () => {
    const refused: [Fault, RegExp][] = [
      [{ kind: "kill", nodes: ["n9"] }, /no node "n9".*n1, n2, n3/],
      [{ kind: "partition", shape: "odd", drops: { n1: ["n7"] } }, /no node "n7"/],
      [{ kind: "clock", nodes: ["n1"], mode: "strobe", offsetMs: 1, periodMs: 0 }, /periodMs/],
      [{ kind: "clock", nodes: ["n1"], mode: "drift", rate: Number.NaN }, /rate/],
      [{ kind: "disk", nodes: ["n1"], stallMs: -1 }, /stallMs/],
      [{ kind: "link", quality: { loss: 2 } }, /loss/],
    ];
    for (const [fault, why] of refused) await expect(bed.cluster.inject(fault)).rejects.toThrow(why);
  });

  it("gets over any mixture of faults once all are healed", async () => {
    const random = new Random(42, "mixture");
    const some = (): string[] => bed.cluster.nodes.filter(() => random.chance(0.5));
    const kinds: (() => Fault)[] = [
      () => ({ kind: "kill", nodes: some() }),
      () => ({ kind: "pause", nodes: some() }),
      () => ({ kind: "clock", nodes: some(), mode: "strobe", offsetMs: HOUR_MS, periodMs: 20 }),
      () => ({ kind: "disk", nodes: some(), stallMs: 5 }),
      ...(bed.world.shapes
        ? [(): Fault => ({ kind: "link", quality: { loss: 0.3, duplicate: 0.3, reorder: 0.3 } })]
        : []),
      () => ({ kind: "partition", shape: "any", drops: { n1: some(), n2: some(), n3: some() } }),
    ];
    const strike = async (fault: Fault): Promise<void> => {
      await bed.lab.sleep(random.below(200));
      const heal = await bed.cluster.inject(fault);
      await bed.lab.sleep(random.below(300));
      await heal();
    };
    const faults = Array.from({ length: 24 }, (_, i) => (kinds[i % kinds.length] as () => Fault)());
    await Promise.all(faults.map(strike));
    for (const from of bed.cluster.nodes)
      for (const to of bed.cluster.nodes) if (from !== to) await bed.passes(from, to, `${from} to ${to} at last`);
    expect(await bed.lab.aheadMs("n1", "n2")).toSatisfy((ms: number) => Math.abs(ms) < NOISE_MS);
    expect(bed.failures()).toEqual([]);
  });

  it("has ended every fault once it is stopped: to heal one afterwards does nothing", async () => {
    const faults: Fault[] = [
      { kind: "partition", shape: "one-way", drops: { n1: ["n2"] } },
      { kind: "pause", nodes: ["n1"] },
      { kind: "clock", nodes: ["n2"], mode: "jump", offsetMs: HOUR_MS },
      { kind: "kill", nodes: ["n3"] },
    ];
    const heals = await Promise.all(faults.map((fault) => bed.cluster.inject(fault)));
    await bed.cluster.stop();
    await Promise.all(heals.map((heal) => heal()));
    expect(bed.failures()).toEqual([]);
  });

  it("can be stopped in the middle of anything, and twice", async () => {
    await bed.cluster.inject({ kind: "pause", nodes: ["n1"] });
    await bed.cluster.inject({ kind: "kill", nodes: ["n2"] });
    const asked = bed.lab.outcome("n1", { f: "echo" });
    await Promise.all([bed.cluster.stop(), bed.cluster.stop()]);
    expect(await asked).toMatchObject({ type: "info" });
    expect(() => bed.cluster.open(9, "n1")).toThrow(/stopped/);
    await expect(bed.cluster.inject({ kind: "kill", nodes: ["n1"] })).rejects.toThrow(/stopped/);
  });
});
