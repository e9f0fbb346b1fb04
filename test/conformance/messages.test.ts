import { expect, it } from "vitest";
import type { Fault, LinkQuality } from "../../src/core/fault.ts";
import { msToNs } from "../../src/core/time.ts";
import { onAll } from "./bed.ts";
import { Lab } from "./worlds.ts";

onAll("without faults", (bed) => {
  it("tells every node who it is, and carries messages from each to each", async () => {
    expect(bed.cluster.nodes).toEqual(["n1", "n2", "n3"]);
    for (const id of bed.cluster.nodes) {
      const peers = bed.cluster.nodes.filter((node) => node !== id);
      expect(await bed.lab.ask(id, "self")).toEqual({ id, nodes: bed.cluster.nodes, peers });
      for (const peer of peers) await bed.passes(id, peer, `${id} to ${peer}`);
    }
    expect(await bed.lab.ask("n1", "inbox")).toEqual(
      expect.arrayContaining([
        { from: "n2", input: "n2 to n1" },
        { from: "n3", input: "n3 to n1" },
      ]),
    );
    expect(bed.failures()).toEqual([]);
  });

  it("carries any JSON value to a node and back", async () => {
    for (const value of [0, -1.5, "", 'α\n"β"', true, [], [1, [null]], { a: { b: [] } }])
      expect(await bed.lab.ask("n1", "echo", undefined, value)).toEqual(value);
    expect(await bed.lab.ask("n1", "echo")).toBeNull();
  });

  it("passes on a definite failure with its name and text", async () => {
    expect(await bed.lab.outcome("n2", { f: "refuse" })).toEqual({
      type: "fail",
      error: { name: "abort", text: "as asked" },
    });
  });

  it("ends an operation that is never answered as unknown, and the session with it", async () => {
    const session = bed.cluster.open(100, "n1");
    const startNs = bed.cluster.nowNs();
    expect(await session.invoke({ f: "mute", input: null }, msToNs(200))).toMatchObject({
      type: "info",
      error: { name: "timeout" },
    });
    expect(bed.cluster.nowNs() - startNs).toBeGreaterThanOrEqual(msToNs(200));
    await expect(async () => session.invoke({ f: "echo", input: 1 }, msToNs(200))).rejects.toThrow();
  });

  it("carries the contexts of requests and replies", async () => {
    const session = bed.cluster.open(7, "n1");
    const ask = (f: string) => session.invoke({ f, input: null }, msToNs(30_000));
    expect(await ask("context")).toEqual({ type: "ok", value: { from: "process 7" } });
    expect(await ask("reply-context")).toEqual({ type: "ok", value: { seen: 1 } });
    session.close();
  });

  it("fires timers, not early; not those that were cleared; one that is set again once", async () => {
    await bed.lab.ask("n1", "timer", "long", 250);
    await bed.lab.ask("n1", "timer", "short", 20);
    await bed.lab.ask("n1", "timer", "cleared", 100_000);
    await bed.lab.ask("n1", "clear", "cleared");
    await bed.lab.ask("n1", "timer", "again", 300_000);
    await bed.lab.ask("n1", "timer", "again", 60);
    const fired = await bed.lab.until(
      () => bed.lab.ask<{ name: string; afterMs: number }[]>("n1", "fired"),
      (timers) => timers.length >= 3,
    );
    expect(fired.map(({ name }) => name).sort()).toEqual(["again", "long", "short"]);
    const least = { long: 250, short: 20, again: 60 };
    for (const { name, afterMs } of fired) expect(afterMs).toBeGreaterThanOrEqual(least[name as keyof typeof least]);
  });

  it("gives each node its own random numbers, the same for the same seed", async () => {
    const draw = async (of: Lab) => Promise.all(["n1", "n2"].map((node) => of.ask<number>(node, "random")));
    const drawn = await draw(bed.lab);
    expect(drawn[0]).not.toBe(drawn[1]);
    const twin = await bed.world.start({});
    expect(await draw(new Lab(twin))).toEqual(drawn);
    await twin.stop();
  });

  it.runIf(bed.world.network === "harness")(
    "tells of every message that it was sent and what became of it",
    async () => {
      await bed.passes("n1", "n2", "watched");
      const { body, id } =
        bed.messages.find(({ event, src, dest }) => event === "send" && src === "n1" && dest === "n2") ?? {};
      expect(body).toEqual({ type: "note", input: "watched" });
      expect(bed.messages.filter((message) => message.id === id).map(({ event }) => event)).toEqual(["send", "recv"]);
      expect(bed.messages.every(({ atNs }, i) => atNs >= (bed.messages[i - 1]?.atNs ?? 0))).toBe(true);
    },
  );

  it("follows who leads, from what the nodes state", async () => {
    const leads = (who: string | undefined) =>
      bed.lab.until(
        () => bed.cluster.leader(),
        (leader) => leader === who,
      );
    expect(bed.cluster.leader()).toBeUndefined();
    await bed.lab.ask("n1", "lead", undefined, 1);
    await leads("n1");
    await bed.lab.ask("n2", "lead", undefined, 2);
    await leads("n2");
    await bed.lab.ask("n2", "follow", undefined, 3);
    await leads("n1");
    expect(bed.traces).toContainEqual({ node: "n2", event: "leader", detail: { term: 2 } });
    await bed.cluster.inject({ kind: "kill", nodes: ["n1"] });
    await leads(undefined);
  });
});

onAll("with a broken network", (bed) => {
  it("cuts links in one direction, for good for what was sent meanwhile, and mends them", async () => {
    const heal = await bed.cluster.inject({ kind: "partition", shape: "one-way", drops: { n1: ["n2"] } });
    await bed.lab.ask("n2", "send", "n1", "lost");
    // TCP wants its acknowledgements: a link that is cut one way carries, after a while, nothing either way.
    if (bed.world.network === "harness") await bed.passes("n1", "n2", "against the cut");
    await bed.passes("n3", "n1", "beside the cut");
    await heal();
    await heal();
    await bed.passes("n2", "n1", "after it");
    expect(await bed.inbox("n1", ["lost"])).toEqual(["beside the cut", "after it"]);
  });

  it("keeps a link cut until all who cut it have mended it, and never cuts off clients", async () => {
    const halves: Fault = { kind: "partition", shape: "halves", drops: { n1: ["n2", "n3"], n2: ["n1"], n3: ["n1"] } };
    const first = await bed.cluster.inject(halves);
    const second = await bed.cluster.inject({ kind: "partition", shape: "one-way", drops: { n1: ["n2"] } });
    await bed.lab.ask("n2", "send", "n1", "lost to both");
    await bed.passes("n2", "n3", "within a half");
    await first();
    await bed.passes("n3", "n1", "mended");
    await bed.lab.ask("n2", "send", "n1", "lost to the second");
    await bed.passes("n3", "n1", "still mended");
    await second();
    await bed.passes("n2", "n1", "all mended");
    expect(await bed.inbox("n1", ["lost to both", "lost to the second"])).toEqual([
      "mended",
      "still mended",
      "all mended",
    ]);
  });

  const degrade = (quality: LinkQuality, links?: Record<string, string[]>) =>
    bed.cluster.inject({ kind: "link", quality, ...(links ? { links } : {}) });

  it.runIf(bed.world.shapes)(
    "drops messages that are under way when the link is cut, and those sent into the cut",
    async () => {
      const slow = await degrade({ delay: { kind: "constant", ms: 700 } });
      const cut = () => bed.cluster.inject({ kind: "partition", shape: "one-way", drops: { n2: ["n1"] } });
      await bed.lab.ask("n1", "send", "n2", "under way");
      const mend = await cut();
      await bed.lab.until(() => bed.messages.some(({ event, dest }) => event === "drop" && dest === "n2"), Boolean);
      await mend();
      const mendAgain = await cut();
      await bed.lab.ask("n1", "send", "n2", "into the cut");
      await mendAgain();
      await bed.passes("n1", "n2", "behind both");
      await slow();
      expect(await bed.lab.inbox("n2")).toEqual(["behind both"]);
    },
  );

  it.runIf(bed.world.shapes)("loses, doubles and delays messages, on the links that were meant", async () => {
    const lossy = await degrade({ loss: 1 }, { n2: ["n1"] });
    await bed.lab.ask("n1", "send", "n2", "lost");
    await bed.passes("n1", "n3", "elsewhere");
    const doubling = await degrade({ loss: 0, duplicate: 1 });
    await bed.lab.ask("n1", "send", "n2", "twice");
    await bed.lab.until(
      () => bed.lab.inbox("n2"),
      (inbox) => inbox.length === 2,
    );
    await doubling();
    await lossy();
    const slow = await degrade({ delay: { kind: "constant", ms: 300 } });
    const sentNs = bed.cluster.nowNs();
    await bed.passes("n1", "n2", "late");
    expect(bed.cluster.nowNs() - sentNs).toBeGreaterThanOrEqual(msToNs(300));
    await slow();
    expect(await bed.lab.inbox("n2")).toEqual(["twice", "twice", "late"]);
  });

  it.runIf(bed.world.shapes)("loses some messages at random, and lets others overtake", async () => {
    const shaky = await degrade({ loss: 0.5 });
    await bed.lab.ask("n1", "flood", "n2", 200);
    await shaky();
    await bed.passes("n1", "n2", "end");
    const arrived = (await bed.lab.inbox("n2")).length - 1;
    expect(arrived).toBeGreaterThan(60);
    expect(arrived).toBeLessThan(140);

    const shuffling = await degrade({ reorder: 0.3 });
    await bed.lab.ask("n1", "flood", "n3", 50);
    const inbox = await bed.lab.until(
      () => bed.lab.inbox("n3"),
      (notes) => notes.length === 50,
    );
    const inOrder = Array.from({ length: 50 }, (_, i) => i);
    expect(inbox).not.toEqual(inOrder);
    expect([...inbox].sort((a, b) => Number(a) - Number(b))).toEqual(inOrder);
    await shuffling();
  });
});
