import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Heal } from "../../../src/core/cluster.ts";
import type { NodeId } from "../../../src/core/operation.ts";
import { msToNs, nsToMs } from "../../../src/core/time.ts";
import type { Lag } from "../../../src/models/single-leader/lag.ts";
import { HEARTBEAT_MS } from "../../../src/models/single-leader/settings.ts";
import { Lab, read, withLab } from "./lab.ts";

/** Between two appends; each comes in a session of its own, and waits for no other. */
const GAP_MS = 4;

/** Appends 0, 1, 2, … to one list, through n1, and returns those that were acknowledged. */
async function appendFor(lab: Lab, ms: number): Promise<number[]> {
  const acknowledged: number[] = [];
  const waiting: Promise<unknown>[] = [];
  for (let input = 0; input * GAP_MS < ms; input++) {
    const appending = lab.session("n1").invoke({ f: "append", key: "l", input }, msToNs(300));
    waiting.push(
      appending.then(({ type }) => {
        if (type === "ok") acknowledged.push(input);
      }),
    );
    await lab.sleep(GAP_MS);
  }
  await Promise.all(waiting);
  return acknowledged;
}

const lags = (lab: Lab, of: NodeId): (Lag & { atMs: number })[] =>
  lab.traces
    .filter(({ event, detail }) => event === "lag" && detail.follower === of)
    .map(({ atMs, detail }) => ({ atMs, entries: detail.entries as number, ms: detail.ms as number }));

describe("replication lag (Kleppmann, ch. 5, 'Problems with Replication Lag')", () => {
  test.each([5, 20, 40])("is what is written in a round trip, if messages take %i ms", (delayMs) =>
    withLab(new Lab("async", { delayMs }), async (lab) => {
      await appendFor(lab, 600);
      const steady = lags(lab, "n2").filter(({ atMs }) => atMs > 200 && atMs < 600);
      expect(steady.length).toBeGreaterThan(5);
      for (const { entries, ms } of steady) {
        expect(Math.abs(entries - (2 * delayMs) / GAP_MS)).toBeLessThanOrEqual(1.5);
        // Forcing the entry to disk, on both sides, takes up to a millisecond; an entry is written every GAP_MS.
        expect(ms).toBeLessThanOrEqual(2 * delayMs + 2);
        expect(ms).toBeGreaterThan(2 * delayMs - GAP_MS);
      }
      await lab.sleep(2 * delayMs + 2 * HEARTBEAT_MS);
      expect(lags(lab, "n2").at(-1)).toMatchObject({ entries: 0, ms: 0 });
    }),
  );

  test("grows with every moment that a follower is cut off, and with every write; the others have none of it", () =>
    withLab(new Lab("async"), async (lab) => {
      await lab.sleep(100);
      const heal = await lab.isolate("n3");
      const cutMs = nsToMs(lab.cluster.nowNs());
      await appendFor(lab, 500);
      const behind = lags(lab, "n3");
      expect(behind.length).toBeGreaterThan(5);
      for (const { atMs, entries, ms } of behind) {
        expect(Math.abs(ms - (atMs - cutMs))).toBeLessThanOrEqual(2);
        expect(Math.abs(entries - Math.min(500, ms) / GAP_MS)).toBeLessThanOrEqual(1.5);
      }
      for (const { entries, ms } of lags(lab, "n2")) expect(entries * ms).toBeLessThanOrEqual(4);
      await heal();
      await lab.sleep(3 * HEARTBEAT_MS);
      expect(lags(lab, "n3").at(-1)).toMatchObject({ entries: 0, ms: 0 });
    }));
});

const WARM_MS = 100;
const WRITING_MS = 100;

interface Loss {
  readonly replication: string;
  readonly failover: string;
  /** When each follower hears the last of the leader: before writing ends, and before anyone takes silence for death. */
  readonly cutsMs: { readonly n2: number; readonly n3: number };
  readonly delayMs: number;
  readonly seed: number;
}

const cutMs = fc.integer({ min: 0, max: WRITING_MS - 10 });

const losses: fc.Arbitrary<Loss> = fc.record({
  replication: fc.constantFrom("async", "semi-sync", "sync"),
  failover: fc.constantFrom("naive", "fenced"),
  cutsMs: fc.record({ n2: cutMs, n3: cutMs }),
  delayMs: fc.integer({ min: 1, max: 10 }),
  seed: fc.nat({ max: 1000 }),
});

describe("what is lost when the leader crashes (ibid., 'Leader failure: Failover')", () => {
  /**
   * Runs into the crash of n1, and with `also` of the follower that is least behind. The ways to followers are cut first, and
   * the ways back are not: when the leader dies it knows how far each of them is. Returns, beside what was acknowledged and
   * what of it is lost, how many items were written, and by how many the best follower that is left was behind.
   */
  const crash = (
    { replication, failover, cutsMs, delayMs, seed }: Loss,
    also = false,
  ): Promise<{ acknowledged: number[]; lost: number[]; written: number; lag: number }> =>
    withLab(new Lab(`${replication},${failover}`, { delayMs, seed }), async (lab) => {
      const startMs = nsToMs(lab.cluster.nowNs());
      const cut = async (to: "n2" | "n3"): Promise<Heal> => {
        await lab.cluster.sleepUntilNs(msToNs(startMs + WARM_MS + cutsMs[to]));
        return lab.cut("n1", to);
      };
      const cutting = Promise.all([cut("n2"), cut("n3")]);
      const appending = appendFor(lab, WARM_MS + WRITING_MS);
      await lab.sleep(WARM_MS + WRITING_MS + 2 * delayMs + HEARTBEAT_MS + 5);
      const heals = await cutting;
      const known = (node: NodeId): number => lags(lab, node).at(-1)?.entries ?? 0;
      const [best = "", other = ""] = ["n2", "n3"].sort((a, b) => known(a) - known(b));
      const lag = known(also ? other : best);
      const restart = await lab.kill(...(also ? ["n1", best] : ["n1"]));
      const acknowledged = await appending;
      await lab.sleep(1000);
      for (const heal of [...heals, restart]) await heal();
      await lab.sleep(1000);
      const [copy, ...others] = await lab.copies("l");
      expect(others).toEqual([copy, copy]);
      expect(await lab.ask("n2", read("l"))).toMatchObject({ type: "ok", value: copy });
      expect(lab.violations()).toEqual([]);
      const kept = new Set(copy as number[]);
      const written = (WARM_MS + WRITING_MS) / GAP_MS;
      return { acknowledged, lost: acknowledged.filter((item) => !kept.has(item)), written, lag };
    });

  test("async: the lag of the most up-to-date follower; semi-sync, sync: nothing", () =>
    fc.assert(
      fc.asyncProperty(losses, async (loss) => {
        const { acknowledged, lost, written, lag } = await crash(loss);
        expect(lag).toBeGreaterThan(0);
        if (loss.replication === "async") {
          expect(acknowledged).toHaveLength(written);
          expect(lost).toEqual(acknowledged.slice(-lag));
        } else {
          expect(acknowledged.length).toBeGreaterThan(0);
          expect(lost).toEqual([]);
        }
      }),
      { numRuns: 8 },
    ));

  test("if the best follower dies too, what was acknowledged and the next has not: nothing under sync alone", () =>
    fc.assert(
      fc.asyncProperty(losses, async (loss) => {
        const { acknowledged, lost, written, lag } = await crash({ ...loss, failover: "naive" }, true);
        expect(lost).toEqual(acknowledged.filter((item) => item >= written - lag));
        if (loss.replication === "async") expect(lost).toHaveLength(lag);
        if (loss.replication === "sync") expect(lost).toEqual([]);
      }),
      { numRuns: 8 },
    ));
});
