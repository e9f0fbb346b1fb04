import { acknowledged, acknowledgedGone, measured, slowest } from "../facts.ts";
import type { Half, TextbookScenario } from "../scenario.ts";
import { add, during, kill, often, slow, split } from "../script.ts";

const half = (
  replication: string,
  [acked, gone, ms]: readonly [acked: number, gone: number, slowestMs: number],
): Half => ({
  config: { replication, failover: "fenced" },
  shows: [
    measured("acknowledged", acknowledged, acked),
    measured("acknowledged and gone", acknowledgedGone, gone),
    measured("slowest acknowledgement, ms", slowest("add"), ms),
  ],
});

export const leaderLostWithLag: TextbookScenario = {
  name: "leader-lost-with-lag",
  title: "a data centre is lost with the leader when the followers are 500 ms behind",
  source: 'Kleppmann, Designing Data-Intensive Applications, ch. 5, "Synchronous Versus Asynchronous Replication"',
  story: {
    happens:
      "Users write every 50 ms. n2 is 500 ms behind and n3 700 ms when the leader is lost, and its lines with it.",
    why: "Asynchronously, what was acknowledged in the last 500 ms is on the lost disk, on the lost lines, and nowhere else.",
    remedy:
      "Wait for one follower (semi-sync) or for all (sync): nothing that was acknowledged is gone. The price: each write " +
      "waits for the lag, of the quickest follower or of the slowest.",
  },
  stage: {
    model: "single-leader",
    nodes: 3,
    workload: "set",
    clients: { users: { node: "n1", reach: ["n1"], crowd: true } },
    script: often({ fromMs: 1005, everyMs: 50, count: 20 }, "users", (i) => add("log", i)),
    faults: [
      // By and by, so that nobody takes the leader for dead.
      during(100, 3500, slow(["n1"], ["n2", "n3"], 250)),
      during(400, 3500, slow(["n1"], ["n2", "n3"], 490)),
      during(700, 3500, slow(["n1"], ["n3"], 690)),
      during(1990, 3500, split(["n1"], ["n2", "n3"])),
      during(1990, 3500, kill("n1")),
    ],
    timeoutMs: 2000,
    settleMs: 1000,
  },
  scene: {
    lanes: ["users", "n1", "n2", "n3"],
    types: ["append", "prepare", "promise"],
    spans: [
      [1001, 1049],
      [1525, 1525],
      [1951, 2360],
    ],
  },
  without: half("async", [20, 10, 20]),
  with: [half("semi-sync", [10, 0, 520]), half("sync", [6, 0, 720])],
};
