import { describe, expect, it } from "vitest";
import type { Fault } from "../../../src/core/fault.ts";
import type { NodeId } from "../../../src/core/operation.ts";
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
async function run(seed: number, threads = 4): Promise<{ seen: string[]; outcomes: string[]; messages: string }> {
  const { cluster, ask, messages, traced, sleepMs } = watch({ seed });
  const seen: string[] = [];
  const outcomes: string[] = [];
  const client = async (thread: number): Promise<void> => {
    const random = new Random(seed, `thread ${thread}`);
    for (let i = 0; i < 30; i++) {
      await sleepMs(random.unit() * 10);
      const f = random.pick(["echo", "increment", "ping", "random", "clock"]);
      const node = random.pick(["n1", "n2"]);
      const outcome = await ask(node, f, "n3", i, 20);
      seen.push(JSON.stringify([cluster.nowNs(), thread, node, f, outcome]));
      if (thread < 2) outcomes.push(JSON.stringify([thread, f, outcome]));
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
  await Promise.all([...Array.from({ length: threads }, (_, thread) => client(thread)), nemesis()]);
  await cluster.stop();
  return { seen, outcomes, messages: JSON.stringify([messages, traced, cluster.stats()]) };
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

  it("gives another run than another seed", async () => {
    const [first, second] = [await run(7), await run(8)];
    expect(second.messages).not.toBe(first.messages);
  });

  it("gives node streams that an additional client does not shift", async () => {
    // Without faults or load, so that the streams alone could tell the difference.
    const numbers = async (extra: boolean): Promise<unknown[]> => {
      const { cluster, get, ask } = watch({ seed: 3 });
      if (extra) for (const node of ["n1", "n2"] as NodeId[]) await cluster.open(1000, node).close();
      if (extra) await Promise.all([ask("n3", "echo"), ask("n3", "random")]);
      const seen = [await get("n1", "random"), await get("n2", "random"), await get("n1", "random")];
      await cluster.stop();
      return seen;
    };
    expect(await numbers(true)).toEqual(await numbers(false));
  });
});
