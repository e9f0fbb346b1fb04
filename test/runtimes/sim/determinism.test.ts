import { describe, expect, it } from "vitest";
import type { Fault } from "../../../src/core/fault.ts";
import { Random } from "../../../src/core/random.ts";
import { watch } from "./toy.ts";

const FAULTS: readonly Fault[] = [
  { kind: "partition", shape: "one-way", drops: { n1: ["n2"] } },
  { kind: "pause", nodes: ["n2"] },
  { kind: "kill", nodes: ["n3"] },
  { kind: "clock", mode: "strobe", nodes: ["n1"], offsetMs: 100, periodMs: 7 },
  { kind: "link", quality: { loss: 0.2, duplicate: 0.2, reorder: 0.2, delay: { kind: "exponential", meanMs: 3 } } },
  { kind: "disk", nodes: ["n1"], stallMs: 5 },
];

/** Threads of clients and a thread of faults, all at once; everything that could be seen of it. */
async function run(seed: number, freezeMessages = true): Promise<{ seen: string[]; messages: string }> {
  const { cluster, ask, messages, traced, sleepMs } = watch({ seed, freezeMessages });
  const seen: string[] = [];
  const client = async (thread: number): Promise<void> => {
    const random = new Random(seed, `thread ${thread}`);
    for (let i = 0; i < 30; i++) {
      await sleepMs(random.unit() * 10);
      const f = random.pick(["echo", "increment", "ping", "random", "clock"]);
      const node = random.pick(["n1", "n2"]);
      const outcome = await ask(node, f, "n3", i, 20);
      seen.push(JSON.stringify([cluster.nowNs(), thread, node, f, outcome]));
    }
  };
  const nemesis = async (): Promise<void> => {
    for (const fault of FAULTS) {
      await sleepMs(5);
      const heal = await cluster.inject(fault);
      await sleepMs(20);
      await heal();
    }
  };
  await Promise.all([client(0), client(1), client(2), client(3), nemesis()]);
  await cluster.stop();
  return { seen, messages: JSON.stringify([messages, traced, cluster.stats()]) };
}

describe("a seed", () => {
  it("gives the same run to the byte, twice", async () => {
    const [first, second] = [await run(7), await run(7)];
    expect(second.seen).toEqual(first.seen);
    expect(second.messages).toBe(first.messages);
    expect(first.seen.length).toBe(120);
    expect(first.messages).toContain('"drop"');
  });

  it("gives the same run when the host is busy with other things, and when two runs share it", async () => {
    const alone = await run(7);
    const busy = setInterval(() => new Random(1).uint32(), 0);
    const [one, other] = await Promise.all([run(7), run(7)]);
    clearInterval(busy);
    expect(one.messages).toBe(alone.messages);
    expect(other.messages).toBe(alone.messages);
  });

  it("gives the same run whether messages are frozen or not", async () => {
    expect((await run(9, false)).messages).toBe((await run(9, true)).messages);
  });

  it("gives another run than another seed", async () => {
    const [first, second] = [await run(7), await run(8)];
    expect(second.messages).not.toBe(first.messages);
  });

  it("gives nodes and clients numbers of their own, which an additional client does not shift", async () => {
    const numbers = async (extra: boolean): Promise<unknown[]> => {
      const { cluster, sleepMs, messages } = watch({ seed: 3, nodes: 2 });
      const other = extra ? cluster.open(100, "n2") : undefined;
      void other?.invoke({ f: "echo", input: null }, 1e9);
      const session = cluster.open(7, "n1");
      const seen: unknown[] = [];
      for (let i = 0; i < 5; i++) seen.push(await session.invoke({ f: "random", input: null }, 1e9), cluster.nowNs());
      seen.push(await session.invoke({ f: "flood", key: "n2", input: 5 }, 1e9));
      await sleepMs(10);
      await cluster.stop();
      const between = messages.filter(({ src, dest }) => src === "n1" && dest === "n2");
      return [...seen, ...between.map(({ atNs, event }) => `${event} ${atNs}`)];
    };
    const alone = await numbers(false);
    expect(alone.length).toBe(21);
    expect(await numbers(true)).toEqual(alone);
  });
});
