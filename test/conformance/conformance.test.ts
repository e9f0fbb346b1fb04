import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Cluster, MessageEvent } from "../../src/core/cluster.ts";
import type { ClockFault, Fault, LinkQuality } from "../../src/core/fault.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { Random } from "../../src/core/random.ts";
import { msToNs } from "../../src/core/time.ts";
import { Lab, processes, sim } from "./worlds.ts";

/** A clock fault, but for the nodes. */
type Skew = ClockFault extends infer F ? (F extends unknown ? Omit<F, "kind" | "nodes"> : never) : never;

/** Far beyond what the questions of a test can take on a busy machine, so that no clock is misread. */
const NOISE_MS = 600_000;
const HOUR_MS = 3_600_000;

describe.each([sim, processes])("a cluster in $name", (world) => {
  let cluster: Cluster & { failures(): readonly unknown[] };
  let lab: Lab;
  let messages: MessageEvent[];
  let traces: { node: string; event: string; detail: JsonObject }[];

  beforeEach(async () => {
    messages = [];
    traces = [];
    cluster = await world.start({
      events: {
        onMessage: (event) => messages.push(event),
        onTrace: (_atNs, node, event, detail) => traces.push({ node, event, detail }),
      },
    });
    lab = new Lab(cluster);
  });
  afterEach(() => cluster.stop());

  /** Sends a note and waits until it has arrived. */
  const passes = async (from: string, to: string, note: Json): Promise<void> => {
    await lab.ask(from, "send", to, note);
    await lab.until(
      () => lab.inbox(to),
      (inbox) => inbox.includes(note),
    );
  };

  describe("without faults", () => {
    it("tells every node who it is, and carries messages from each to each", async () => {
      expect(cluster.nodes).toEqual(["n1", "n2", "n3"]);
      for (const id of cluster.nodes) {
        const peers = cluster.nodes.filter((node) => node !== id);
        expect(await lab.ask(id, "self")).toEqual({ id, nodes: cluster.nodes, peers });
        for (const peer of peers) await passes(id, peer, `${id} to ${peer}`);
      }
      expect(await lab.ask("n1", "inbox")).toEqual(
        expect.arrayContaining([
          { from: "n2", input: "n2 to n1" },
          { from: "n3", input: "n3 to n1" },
        ]),
      );
      expect(cluster.failures()).toEqual([]);
    });

    it("carries any JSON value to a node and back", async () => {
      for (const value of [0, -1.5, "", 'α\n"β"', true, [], [1, [null]], { a: { b: [] } }])
        expect(await lab.ask("n1", "echo", undefined, value)).toEqual(value);
      expect(await lab.ask("n1", "echo")).toBeNull();
    });

    it("passes on a definite failure with its name and text", async () => {
      expect(await lab.outcome("n2", { f: "refuse" })).toEqual({
        type: "fail",
        error: { name: "abort", text: "as asked" },
      });
    });

    it("ends an operation that is never answered as unknown, and the session with it", async () => {
      const session = cluster.open(100, "n1");
      const startNs = cluster.nowNs();
      expect(await session.invoke({ f: "mute", input: null }, msToNs(200))).toMatchObject({
        type: "info",
        error: { name: "timeout" },
      });
      expect(cluster.nowNs() - startNs).toBeGreaterThanOrEqual(msToNs(200));
      await expect(async () => session.invoke({ f: "echo", input: 1 }, msToNs(200))).rejects.toThrow();
    });

    it("carries the contexts of requests and replies", async () => {
      const session = cluster.open(7, "n1");
      const ask = (f: string) => session.invoke({ f, input: null }, msToNs(30_000));
      expect(await ask("context")).toEqual({ type: "ok", value: { from: "process 7" } });
      expect(await ask("reply-context")).toEqual({ type: "ok", value: { seen: 1 } });
      session.close();
    });

    it("fires timers, not early; not those that were cleared; one that is set again once", async () => {
      await lab.ask("n1", "timer", "long", 250);
      await lab.ask("n1", "timer", "short", 20);
      await lab.ask("n1", "timer", "cleared", 100_000);
      await lab.ask("n1", "clear", "cleared");
      await lab.ask("n1", "timer", "again", 300_000);
      await lab.ask("n1", "timer", "again", 60);
      const fired = await lab.until(
        () => lab.ask<{ name: string; afterMs: number }[]>("n1", "fired"),
        (timers) => timers.length >= 3,
      );
      expect(fired.map(({ name }) => name).sort()).toEqual(["again", "long", "short"]);
      const least = { long: 250, short: 20, again: 60 };
      for (const { name, afterMs } of fired) expect(afterMs).toBeGreaterThanOrEqual(least[name as keyof typeof least]);
    });

    it("gives each node its own random numbers, the same for the same seed", async () => {
      const draw = async (of: Lab) => Promise.all(["n1", "n2"].map((node) => of.ask<number>(node, "random")));
      const drawn = await draw(lab);
      expect(drawn[0]).not.toBe(drawn[1]);
      const twin = await world.start({});
      expect(await draw(new Lab(twin))).toEqual(drawn);
      await twin.stop();
    });

    it("tells of every message that it was sent and what became of it", async () => {
      await passes("n1", "n2", "watched");
      const { body, id } =
        messages.find(({ event, src, dest }) => event === "send" && src === "n1" && dest === "n2") ?? {};
      expect(body).toEqual({ type: "note", input: "watched" });
      expect(messages.filter((message) => message.id === id).map(({ event }) => event)).toEqual(["send", "recv"]);
      expect(messages.every(({ atNs }, i) => atNs >= (messages[i - 1]?.atNs ?? 0))).toBe(true);
    });

    it("follows who leads, from what the nodes state", async () => {
      const leads = (who: string | undefined) =>
        lab.until(
          () => cluster.leader(),
          (leader) => leader === who,
        );
      expect(cluster.leader()).toBeUndefined();
      await lab.ask("n1", "lead", undefined, 1);
      await leads("n1");
      await lab.ask("n2", "lead", undefined, 2);
      await leads("n2");
      await lab.ask("n2", "follow", undefined, 3);
      await leads("n1");
      expect(traces).toContainEqual({ node: "n2", event: "leader", detail: { term: 2 } });
      await cluster.inject({ kind: "kill", nodes: ["n1"] });
      await leads(undefined);
    });
  });

  describe("with a broken network", () => {
    it("cuts links in one direction, for good for what was sent meanwhile, and mends them", async () => {
      const heal = await cluster.inject({ kind: "partition", shape: "one-way", drops: { n1: ["n2"] } });
      await lab.ask("n2", "send", "n1", "lost");
      await passes("n1", "n2", "against the cut");
      await passes("n3", "n1", "beside the cut");
      await heal();
      await heal();
      await passes("n2", "n1", "after it");
      expect(await lab.inbox("n1")).toEqual(["beside the cut", "after it"]);
    });

    it("keeps a link cut until all who cut it have mended it, and never cuts off clients", async () => {
      const halves: Fault = { kind: "partition", shape: "halves", drops: { n1: ["n2", "n3"], n2: ["n1"], n3: ["n1"] } };
      const first = await cluster.inject(halves);
      const second = await cluster.inject({ kind: "partition", shape: "one-way", drops: { n1: ["n2"] } });
      await lab.ask("n2", "send", "n1", "lost to both");
      await passes("n2", "n3", "within a half");
      await first();
      await passes("n3", "n1", "mended");
      await lab.ask("n2", "send", "n1", "lost to the second");
      await passes("n3", "n1", "still mended");
      await second();
      await passes("n2", "n1", "all mended");
      expect(await lab.inbox("n1")).toEqual(["mended", "still mended", "all mended"]);
    });

    const degrade = (quality: LinkQuality, links?: Record<string, string[]>) =>
      cluster.inject({ kind: "link", quality, ...(links ? { links } : {}) });

    it("drops messages that are under way when the link is cut", async () => {
      const slow = await degrade({ delay: { kind: "constant", ms: 400 } });
      await lab.ask("n1", "send", "n2", "under way");
      const mend = await cluster.inject({ kind: "partition", shape: "one-way", drops: { n2: ["n1"] } });
      await lab.sleep(500);
      await lab.until(() => messages.some(({ event, dest }) => event === "drop" && dest === "n2"), Boolean);
      await mend();
      await slow();
      await passes("n1", "n2", "after it");
      expect(await lab.inbox("n2")).toEqual(["after it"]);
    });

    it("loses, doubles and delays messages, on the links that were meant", async () => {
      const lossy = await degrade({ loss: 1 }, { n2: ["n1"] });
      await lab.ask("n1", "send", "n2", "lost");
      await passes("n1", "n3", "elsewhere");
      const doubling = await degrade({ loss: 0, duplicate: 1 });
      await lab.ask("n1", "send", "n2", "twice");
      await lab.until(
        () => lab.inbox("n2"),
        (inbox) => inbox.length === 2,
      );
      await doubling();
      await lossy();
      const slow = await degrade({ delay: { kind: "constant", ms: 300 } });
      const sentNs = cluster.nowNs();
      await passes("n1", "n2", "late");
      expect(cluster.nowNs() - sentNs).toBeGreaterThanOrEqual(msToNs(300));
      await slow();
      expect(await lab.inbox("n2")).toEqual(["twice", "twice", "late"]);
    });

    it("loses some messages at random, and lets others overtake", async () => {
      const shaky = await degrade({ loss: 0.5 });
      await lab.ask("n1", "flood", "n2", 200);
      await shaky();
      await passes("n1", "n2", "end");
      const arrived = (await lab.inbox("n2")).length - 1;
      expect(arrived).toBeGreaterThan(60);
      expect(arrived).toBeLessThan(140);

      const shuffling = await degrade({ reorder: 0.3 });
      await lab.ask("n1", "flood", "n3", 50);
      const inbox = await lab.until(
        () => lab.inbox("n3"),
        (notes) => notes.length === 50,
      );
      const inOrder = Array.from({ length: 50 }, (_, i) => i);
      expect(inbox).not.toEqual(inOrder);
      expect([...inbox].sort((a, b) => Number(a) - Number(b))).toEqual(inOrder);
      await shuffling();
    });
  });

  describe("with broken processes", () => {
    it("freezes a node with its memory, and has it answer later what came meanwhile", async () => {
      await lab.ask("n1", "remember", undefined, "before");
      const first = await cluster.inject({ kind: "pause", nodes: ["n1", "n2"] });
      const second = await cluster.inject({ kind: "pause", nodes: ["n1"] });
      expect(await lab.outcome("n1", { f: "remember", input: "meanwhile" }, 300)).toMatchObject({ type: "info" });
      await lab.ask("n3", "send", "n1", "to the frozen");
      await first();
      await lab.ask("n2", "echo");
      expect(await lab.outcome("n1", { f: "echo" }, 300)).toMatchObject({ type: "info" });
      await second();
      await lab.until(
        () => lab.ask("n1", "recall"),
        (memory) => memory === "meanwhile",
      );
      await lab.until(
        () => lab.inbox("n1"),
        (inbox) => inbox.includes("to the frozen"),
      );
      expect(cluster.failures()).toEqual([]);
    });

    it("kills a node, refuses its requests for sure, and restarts it with what was synced and nothing else", async () => {
      await lab.ask("n1", "remember", undefined, "in memory");
      await lab.ask("n1", "store", "synced cell", { value: { a: [1] }, sync: true });
      await lab.ask("n1", "append", "log", { value: "one", sync: false });
      await lab.ask("n1", "append", "log", { value: "two", sync: true });
      await lab.ask("n1", "append", "log", { value: "three", sync: false });
      await lab.ask("n1", "store", "cell", { value: "lost", sync: false });
      const heal = await cluster.inject({ kind: "kill", nodes: ["n1"] });
      expect(await lab.outcome("n1", { f: "echo" })).toMatchObject({ type: "fail", error: { name: "node-not-found" } });
      await lab.ask("n2", "send", "n1", "to the dead");
      await lab.until(() => messages.some(({ event, src }) => event === "drop" && src === "n2"), Boolean);
      await heal();
      expect(await lab.ask("n1", "recall")).toBeNull();
      expect(await lab.ask("n1", "stored", "synced cell")).toEqual({ a: [1] });
      expect(await lab.ask("n1", "stored", "cell")).toBeNull();
      expect(await lab.ask("n1", "records", "log")).toEqual(["one", "two"]);
      expect(await lab.inbox("n1")).toEqual([]);
      await passes("n2", "n1", "to the living");
      expect(cluster.failures()).toEqual([]);
    });

    it("keeps a log's truncation once it was synced, and appends after it", async () => {
      for (const value of ["a", "b", "c"]) await lab.ask("n1", "append", "log", { value, sync: true });
      await lab.ask("n1", "truncate", "log", { length: 1, sync: false });
      await lab.ask("n1", "append", "log", { value: "d", sync: true });
      await lab.ask("n1", "truncate", "log", { length: 0, sync: false });
      expect(await lab.ask("n1", "records", "log")).toEqual([]);
      const heal = await cluster.inject({ kind: "kill", nodes: ["n1"] });
      await heal();
      expect(await lab.ask("n1", "records", "log")).toEqual(["a", "d"]);
    });

    it("keeps a node dead until all who killed it let go, and frozen if it is to be frozen when it is back", async () => {
      const pause = await cluster.inject({ kind: "pause", nodes: ["n1"] });
      const first = await cluster.inject({ kind: "kill", nodes: ["n1"] });
      const second = await cluster.inject({ kind: "kill", nodes: ["n1", "n2", "n3"] });
      await first();
      expect(await lab.outcome("n1", { f: "echo" })).toMatchObject({ type: "fail" });
      await second();
      await lab.ask("n2", "echo");
      expect(await lab.outcome("n1", { f: "echo" }, 300)).toMatchObject({ type: "info" });
      await pause();
      await lab.ask("n1", "echo");
    });

    it("reports a node that dies by itself, goes on without it, and brings it back when a kill is healed", async () => {
      expect(await lab.outcome("n2", { f: "die" }, 2000)).toMatchObject({ type: "info" });
      await lab.until(
        () => cluster.failures().length,
        (count) => count === 1,
      );
      expect(await lab.outcome("n2", { f: "echo" })).toMatchObject({ type: "fail", error: { name: "node-not-found" } });
      await passes("n1", "n3", "life goes on");
      const heal = await cluster.inject({ kind: "kill", nodes: ["n2"] });
      await heal();
      await lab.ask("n2", "echo");
      expect(cluster.failures().length).toBe(1);
    });
  });

  describe("with broken clocks", () => {
    const bend = (skew: Skew) => cluster.inject({ kind: "clock", nodes: ["n1"], ...skew });
    const ahead = () => lab.aheadMs("n1", "n2");
    const isOff = (byMs: number) => (ms: number) => Math.abs(ms - byMs) < NOISE_MS;
    const mono = async () => (await lab.ask<{ monoMs: number }>("n1", "clock")).monoMs;

    it("moves the wall clock, either way, and leaves the monotonic one alone", async () => {
      expect(await ahead()).toSatisfy(isOff(0));
      const [startMs, startNs] = [await mono(), cluster.nowNs()];
      const forwards = await bend({ mode: "jump", offsetMs: HOUR_MS });
      expect(await ahead()).toSatisfy(isOff(HOUR_MS));
      const backwards = await bend({ mode: "jump", offsetMs: -1.5 * HOUR_MS });
      expect(await ahead()).toSatisfy(isOff(-0.5 * HOUR_MS));
      await forwards();
      expect(await ahead()).toSatisfy(isOff(-1.5 * HOUR_MS));
      const elapsedMs = (cluster.nowNs() - startNs) / 1e6;
      expect(Math.abs((await mono()) - startMs - elapsedMs)).toBeLessThan(NOISE_MS);
      await backwards();
      expect(await ahead()).toSatisfy(isOff(0));
    });

    it("lets the wall clock drift, with timers that keep true time", async () => {
      const heal = await bend({ mode: "drift", rate: 1_000_000 });
      const [startMs, startNs] = [await mono(), cluster.nowNs()];
      await lab.ask("n1", "timer", "true", 100);
      const early = await lab.until(ahead, (ms) => ms > 10 * NOISE_MS);
      await lab.until(ahead, (ms) => ms > early + 10 * NOISE_MS);
      const [fired] = await lab.until(
        () => lab.ask<{ afterMs: number }[]>("n1", "fired"),
        (timers) => timers.length > 0,
      );
      expect(fired?.afterMs).toBeGreaterThanOrEqual(100);
      const elapsedMs = (cluster.nowNs() - startNs) / 1e6;
      expect(Math.abs((await mono()) - startMs - elapsedMs)).toBeLessThan(NOISE_MS);
      await heal();
      expect(await ahead()).toSatisfy(isOff(0));
    });

    it("flips the wall clock to and fro", async () => {
      const heal = await bend({ mode: "strobe", offsetMs: HOUR_MS, periodMs: 150 });
      for (const byMs of [HOUR_MS, 0, HOUR_MS]) await lab.until(ahead, isOff(byMs));
      await heal();
      expect(await ahead()).toSatisfy(isOff(0));
    });

    it("bends it through a crash", async () => {
      const heal = await bend({ mode: "jump", offsetMs: HOUR_MS });
      const restart = await cluster.inject({ kind: "kill", nodes: ["n1"] });
      await restart();
      expect(await ahead()).toSatisfy(isOff(HOUR_MS));
      const again = await cluster.inject({ kind: "kill", nodes: ["n1"] });
      await heal();
      await again();
      expect(await ahead()).toSatisfy(isOff(0));
    });
  });

  describe("with a slow disk", () => {
    it("makes a sync take longer, and what leaves after it, and what comes behind it", async () => {
      const heal = await cluster.inject({ kind: "disk", nodes: ["n1"], stallMs: 400 });
      const startNs = cluster.nowNs();
      const stored = lab.ask("n1", "persist-and-send", "n2", "durable");
      const echoed = lab.ask("n1", "echo").then(() => cluster.nowNs());
      await lab.ask("n2", "echo");
      await stored;
      expect(cluster.nowNs() - startNs).toBeGreaterThanOrEqual(msToNs(400));
      expect((await echoed) - startNs).toBeGreaterThanOrEqual(msToNs(400));
      const arrival = await lab.until(
        () => messages.find(({ event, src, dest }) => event === "recv" && src === "n1" && dest === "n2"),
        Boolean,
      );
      expect((arrival?.atNs ?? 0) - startNs).toBeGreaterThanOrEqual(msToNs(400));
      await heal();
    });

    it("loses what it was still writing when the node dies, and is quick again once healed", async () => {
      const heal = await cluster.inject({ kind: "disk", nodes: ["n1"], stallMs: 3_600_000 });
      expect(await lab.outcome("n1", { f: "append", key: "log", input: { value: 1, sync: true } }, 200)).toMatchObject({
        type: "info",
      });
      await heal();
      // The sync that was under way ends with the stall.
      await lab.ask("n1", "append", "log", { value: 2, sync: true });
      expect(await lab.ask("n1", "records", "log")).toEqual([1, 2]);
    });
  });

  it("refuses faults that make no sense, and says why", async () => {
    const refused: [Fault, RegExp][] = [
      [{ kind: "kill", nodes: ["n9"] }, /no node "n9".*n1, n2, n3/],
      [{ kind: "partition", shape: "odd", drops: { n1: ["n7"] } }, /no node "n7"/],
      [{ kind: "clock", nodes: ["n1"], mode: "strobe", offsetMs: 1, periodMs: 0 }, /periodMs/],
      [{ kind: "clock", nodes: ["n1"], mode: "drift", rate: Number.NaN }, /rate/],
      [{ kind: "disk", nodes: ["n1"], stallMs: -1 }, /stallMs/],
      [{ kind: "link", quality: { loss: 2 } }, /loss/],
    ];
    for (const [fault, why] of refused) await expect(cluster.inject(fault)).rejects.toThrow(why);
  });

  it("gets over any mixture of faults once all are healed", async () => {
    const random = new Random(42, "mixture");
    const some = (): string[] => cluster.nodes.filter(() => random.chance(0.5));
    const kinds: (() => Fault)[] = [
      () => ({ kind: "kill", nodes: some() }),
      () => ({ kind: "pause", nodes: some() }),
      () => ({ kind: "clock", nodes: some(), mode: "strobe", offsetMs: 1000, periodMs: 20 }),
      () => ({ kind: "disk", nodes: some(), stallMs: 5 }),
      () => ({ kind: "link", quality: { loss: 0.3, duplicate: 0.3, reorder: 0.3 } }),
      () => ({ kind: "partition", shape: "any", drops: { n1: some(), n2: some(), n3: some() } }),
    ];
    const strike = async (fault: Fault): Promise<void> => {
      await lab.sleep(random.below(200));
      const heal = await cluster.inject(fault);
      await lab.sleep(random.below(300));
      await heal();
    };
    const faults = Array.from({ length: 24 }, (_, i) => (kinds[i % kinds.length] as () => Fault)());
    await Promise.all(faults.map(strike));
    for (const from of cluster.nodes)
      for (const to of cluster.nodes) if (from !== to) await passes(from, to, `${from} to ${to} at last`);
    expect(await lab.aheadMs("n1", "n2")).toSatisfy((ms: number) => Math.abs(ms) < NOISE_MS);
    expect(cluster.failures()).toEqual([]);
  });

  it("can be stopped in the middle of anything, and twice", async () => {
    await cluster.inject({ kind: "pause", nodes: ["n1"] });
    await cluster.inject({ kind: "kill", nodes: ["n2"] });
    const asked = lab.outcome("n1", { f: "echo" });
    await Promise.all([cluster.stop(), cluster.stop()]);
    expect(await asked).toMatchObject({ type: "info" });
    expect(() => cluster.open(9, "n1")).toThrow(/stopped/);
    await expect(cluster.inject({ kind: "kill", nodes: ["n1"] })).rejects.toThrow(/stopped/);
  });
});
