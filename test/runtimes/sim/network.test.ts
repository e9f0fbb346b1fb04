import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Delay, DirectedLinks, LinkQuality } from "../../../src/core/fault.ts";
import type { NodeId } from "../../../src/core/operation.ts";
import { type Watched, watch } from "./toy.ts";

/** Sends `count` numbered messages from n1 to n2 at once and waits for all; transit times in the order of sending. */
async function flood(network: LinkQuality, count = 4000): Promise<{ transitMs: number[][]; watched: Watched }> {
  const watched = watch({ network, nodes: 2, seed: 5 });
  await watched.get("n1", "flood", "n2", count);
  await watched.sleepMs(2000);
  const sent = new Map<number, { readonly atNs: number; readonly transitMs: number[] }>();
  for (const { event, id, src, dest, atNs } of watched.messages) {
    if (src !== "n1" || dest !== "n2") continue;
    if (event === "send") sent.set(id, { atNs, transitMs: [] });
    const message = sent.get(id);
    if (event === "recv") message?.transitMs.push((atNs - message.atNs) / 1e6);
  }
  await watched.cluster.stop();
  return { transitMs: [...sent.values()].map(({ transitMs }) => transitMs), watched };
}

const mean = (numbers: number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const share = (numbers: number[], holds: (n: number) => boolean): number =>
  numbers.filter(holds).length / numbers.length;
const near = (measured: number, expected: number): void =>
  expect(Math.abs(measured - expected), `${measured} for ${expected}`).toBeLessThan(0.025);
const delays = async (delay: Delay): Promise<number[]> => (await flood({ delay }, 20_000)).transitMs.flat();

describe("a delay", () => {
  it("constant is always the same", async () => {
    const seen = await delays({ kind: "constant", ms: 3 });
    expect(seen.length).toBe(20_000);
    expect(Math.min(...seen)).toBeCloseTo(3, 9);
    expect(Math.max(...seen)).toBeCloseTo(3, 9);
  });

  it("uniform fills its range evenly", async () => {
    const seen = await delays({ kind: "uniform", minMs: 2, maxMs: 6 });
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...seen)).toBeLessThanOrEqual(6);
    for (const quarter of [2, 3, 4, 5])
      near(
        share(seen, (ms) => ms >= quarter && ms < quarter + 1),
        0.25,
      );
  });

  it("exponential has its mean, and a share 1/e above it", async () => {
    const seen = await delays({ kind: "exponential", meanMs: 10 });
    near(mean(seen) / 10, 1);
    near(
      share(seen, (ms) => ms > 10),
      Math.exp(-1),
    );
    near(
      share(seen, (ms) => ms > 30),
      Math.exp(-3),
    );
  });

  it("long-tail is Pareto with exponent 2 up to its cap", async () => {
    const seen = await delays({ kind: "long-tail", minMs: 1, maxMs: 20 });
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...seen)).toBeCloseTo(20, 5);
    near(
      share(seen, (ms) => ms > 2),
      1 / 4,
    );
    near(
      share(seen, (ms) => ms > 5),
      1 / 25,
    );
  });
});

describe("a bad link", () => {
  it("loses the share of messages that it is told to", async () => {
    const { transitMs, watched } = await flood({ loss: 0.3 });
    near(transitMs.filter((times) => times.length === 0).length / 4000, 0.3);
    const { messages, delivered, dropped } = watched.cluster.stats();
    expect(messages).toBe(4000);
    expect(delivered + dropped).toBe(4000);
    expect(watched.messages.filter(({ event }) => event === "drop").length).toBe(dropped);
  });

  it("duplicates the share of messages that it is told to, each copy with a delay of its own", async () => {
    const { transitMs, watched } = await flood({ duplicate: 0.2 });
    const twice = transitMs.filter((times) => times.length === 2);
    near(twice.length / 4000, 0.2);
    expect(twice.filter(([one, other]) => one !== other).length).toBeGreaterThan(0.99 * twice.length);
    expect(watched.details("got", "n2").length).toBe(4000 + twice.length);
    expect(watched.cluster.stats().duplicated).toBe(twice.length);
  });

  it("holds back the share of messages that it is told to, so that later ones overtake them", async () => {
    const { transitMs } = await flood({ delay: { kind: "constant", ms: 2 }, reorder: 0.1 });
    const late = transitMs.flat().filter((ms) => ms > 2.001);
    near(late.length / 4000, 0.1);
    for (const ms of late) {
      expect(ms).toBeGreaterThanOrEqual(6);
      expect(ms).toBeLessThanOrEqual(12);
    }
  });

  it("is what the latest of several faults says, for each property, and what it was after them", async () => {
    const { cluster, get, details, sleepMs } = watch({ network: { delay: { kind: "constant", ms: 1 } }, nodes: 2 });
    const slow = await cluster.inject({ kind: "link", quality: { delay: { kind: "constant", ms: 50 } } });
    const deaf = await cluster.inject({ kind: "link", links: { n2: ["n1"] }, quality: { loss: 1 } });
    const count = async (): Promise<number> => {
      const before = details("got").length;
      await get("n1", "flood", "n2", 10);
      await sleepMs(20);
      const soon = details("got").length - before;
      await sleepMs(100);
      return 100 * soon + (details("got").length - before);
    };
    expect(await count()).toBe(0);
    await deaf();
    expect(await count()).toBe(10);
    await slow();
    expect(await count()).toBe(1010);
    await cluster.stop();
  });

  it("has the property that was set last, also when an earlier fault ends or a later one does", async () => {
    const { cluster, get, details, sleepMs, nowMs } = watch({
      nodes: 2,
      network: { delay: { kind: "constant", ms: 1 } },
    });
    const transitMs = async (): Promise<number> => {
      const before = details("got").length;
      const startMs = nowMs() + 1; // When the request arrives.
      await get("n1", "flood", "n2", 1);
      while (details("got").length === before) await sleepMs(0.5);
      return Math.round(nowMs() - startMs);
    };
    const slow = async (ms: number) => cluster.inject({ kind: "link", quality: { delay: { kind: "constant", ms } } });
    const [first, second, third] = [await slow(10), await slow(20), await slow(30)];
    expect(await transitMs()).toBe(30);
    await first();
    expect(await transitMs()).toBe(30);
    await third();
    expect(await transitMs()).toBe(20);
    await second();
    expect(await transitMs()).toBe(1);
    await cluster.stop();
  });

  it("does not touch clients, nor links that it does not name", async () => {
    const { cluster, ask } = watch();
    await cluster.inject({ kind: "link", links: { n1: ["n2", "n3"] }, quality: { loss: 1 } });
    for (let i = 0; i < 50; i++) expect((await ask("n1", "echo", "", i)).type).toBe("ok");
    expect((await ask("n2", "ping", "n3")).type).toBe("ok");
    expect((await ask("n2", "ping", "n1")).type).toBe("info");
    await cluster.stop();
  });
});

describe("a partition", () => {
  /** Which node hears which, by a message on every link. */
  async function heard({ cluster, get, details, sleepMs }: Watched): Promise<Set<string>> {
    const before = details("got").length;
    const marks = new Map(cluster.nodes.map((node) => [node, details("got", node).length]));
    for (const from of cluster.nodes) for (const to of cluster.nodes) if (from !== to) await get(from, "flood", to, 1);
    await sleepMs(20);
    expect(details("got").length).toBeGreaterThanOrEqual(before);
    return new Set(
      cluster.nodes.flatMap((to) =>
        details("got", to)
          .slice(marks.get(to))
          .map(({ from }) => `${from}>${to}`),
      ),
    );
  }

  const nodes: NodeId[] = ["n1", "n2", "n3", "n4"];
  const links = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => `${from}>${to}`));
  const grudge: fc.Arbitrary<DirectedLinks> = fc.dictionary(fc.constantFrom(...nodes), fc.subarray(nodes));

  it("of any shape cuts exactly the links it names; several cut their union, and heal in any order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(grudge, { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.nat()),
        async (all, picks) => {
          const watched = watch({ nodes: 4 });
          const active = new Map<DirectedLinks, () => Promise<void>>();
          for (const drops of all)
            active.set(drops, await watched.cluster.inject({ kind: "partition", shape: "any", drops }));
          for (;;) {
            const open = links.filter((link) => {
              const [from, to] = link.split(">") as [NodeId, NodeId];
              return ![...active.keys()].some((drops) => drops[to]?.includes(from));
            });
            expect(await heard(watched)).toEqual(new Set(open));
            if (active.size === 0) break;
            const [drops, heal] = [...active][picks.next().value % active.size] as [DirectedLinks, () => Promise<void>];
            await heal();
            await heal();
            active.delete(drops);
          }
          await watched.cluster.stop();
        },
      ),
      { numRuns: 40 },
    );
  });

  it("loses what is sent while it lasts, even if it ends before that would have arrived", async () => {
    const { cluster, ask, details, sleepMs } = watch({ network: { delay: { kind: "constant", ms: 10 } }, nodes: 2 });
    const heal = await cluster.inject({ kind: "partition", shape: "one-way", drops: { n2: ["n1"] } });
    const flooding = ask("n1", "flood", "n2", 5);
    await sleepMs(12); // Sent at 10 ms.
    await heal();
    await flooding;
    await sleepMs(20);
    expect(details("got")).toEqual([]);
    await cluster.stop();
  });

  it("loses what is under way when it begins, and lets through what was sent after its end", async () => {
    const { cluster, get, details, sleepMs, messages } = watch({
      network: { delay: { kind: "constant", ms: 10 } },
      nodes: 2,
    });
    await get("n1", "flood", "n2", 3);
    await sleepMs(1); // Sent at 10 ms, the answer came at 20 ms: under way are none now.
    const before = details("got").length;
    expect(before).toBe(3);
    const session = cluster.open(99, "n1");
    void session.invoke({ f: "flood", key: "n2", input: 5 }, 1e9);
    await sleepMs(15);
    const heal = await cluster.inject({ kind: "partition", shape: "one-way", drops: { n2: ["n1"] } });
    await sleepMs(10);
    expect(details("got").length).toBe(before);
    expect(messages.filter(({ event }) => event === "drop").length).toBe(5);
    await heal();
    await get("n1", "flood", "n2", 2);
    await sleepMs(20);
    expect(details("got").length).toBe(before + 2);
    await cluster.stop();
  });
});
