import { expect, test } from "vitest";
import { judge } from "../../../checkers/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Outcome } from "../../../src/core/operation.ts";
import { msToNs } from "../../../src/core/time.ts";
import { Recorder } from "../../../src/history/recorder.ts";
import { cockroach } from "../../../src/models/cockroach/index.ts";
import { rangeIndexOf } from "../../../src/models/cockroach/ranges.ts";
import { startSim } from "../../../src/runtimes/sim/index.ts";
import { causalReverse } from "../../../workloads/index.ts";

const keyIn = (range: number): string => ["a", "b", "c", "d", "e"].find((key) => rangeIndexOf(key) === range) ?? "";

/**
 * The ranges' leaseholders are n1 and n4. A reader at n2, whose clock is ahead, finds nothing in the first range; its message
 * to the second is slow. Meanwhile one write there is done, and then one in the second range, by a gateway whose clock is true.
 */
async function readDuringTwoWrites(aheadMs: number): Promise<{ read: Json; verdicts: Map<string, string> }> {
  const nodes = 6;
  const cluster = startSim({
    model: cockroach,
    config: { placement: "home-region" },
    nodes,
    seed: 1,
    network: { delay: { kind: "constant", ms: 1 } },
  });
  const recorder = new Recorder({ seed: 1, system: "cockroach", workload: "causal-reverse", nodes: cluster.nodes });
  const run = async (process: number, node: string, input: Json): Promise<Outcome> => {
    const session = cluster.open(process, node);
    const op = { f: "txn", input };
    const index = recorder.invoke({ ...op, process, node, atNs: cluster.nowNs() });
    const outcome = await session.invoke(op, msToNs(1000));
    recorder.complete(index, outcome, cluster.nowNs());
    session.close();
    return outcome;
  };
  const [first, second] = [keyIn(0), keyIn(1)];
  await cluster.sleepUntilNs(msToNs(3000));
  await cluster.inject({ kind: "clock", nodes: ["n2"], mode: "jump", offsetMs: aheadMs });
  await cluster.inject({ kind: "link", links: { n4: ["n2"] }, quality: { delay: { kind: "constant", ms: 60 } } });
  const reading = run(0, "n2", [
    ["r", first, null],
    ["r", second, null],
  ]);
  await cluster.sleepUntilNs(cluster.nowNs() + msToNs(5));
  expect(await run(1, "n3", [["w", first, 1]])).toMatchObject({ type: "ok" });
  expect(await run(2, "n6", [["w", second, 1]])).toMatchObject({ type: "ok" });
  const outcome = await reading;
  await cluster.stop();
  recorder.close();
  const verdicts = judge(recorder.history(), causalReverse.checkers).map(
    ({ model, verdict }) => [model, verdict] as const,
  );
  return { read: outcome.type === "ok" ? outcome.value : null, verdicts: new Map(verdicts) };
}

test("causal reverse: the later of two writes is seen without the earlier one, which is serializable but not strictly", async () => {
  const { read, verdicts } = await readDuringTwoWrites(200);
  expect(read).toEqual([
    ["r", keyIn(0), null],
    ["r", keyIn(1), 1],
  ]);
  expect([verdicts.get("serializable"), verdicts.get("strict-serializable")]).toEqual(["valid", "invalid"]);
});

test("with true clocks the reader finds that it cannot know, and reads both again", async () => {
  const { read, verdicts } = await readDuringTwoWrites(0);
  expect(read).toEqual([
    ["r", keyIn(0), 1],
    ["r", keyIn(1), 1],
  ]);
  expect(verdicts.get("strict-serializable")).toBe("valid");
});
