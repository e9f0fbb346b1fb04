import { describe, expect, it } from "vitest";
import type { SpaceTimeRow } from "../../src/report/space-time.ts";
import { diagramOf } from "../../src/scenarios/diagram.ts";
import { play, type Run, type StageEvent } from "../../src/scenarios/play.ts";
import type { Stage } from "../../src/scenarios/scenario.ts";
import { acquire, during, kill, mute, pauseClients, read, slow, write } from "../../src/scenarios/script.ts";

const MS = 1_000_000;
const LANES = ["a", "n1", "n2"];

/** A run of which only the messages between nodes are given: sent, by whom, to whom, what, and when it ended how. */
function runOf(
  ...flights: readonly [
    sentMs: number,
    src: string,
    dest: string,
    type: string,
    endMs?: number,
    fate?: "recv" | "drop",
  ][]
): Run {
  const message = (atMs: number, event: "send" | "recv" | "drop", id: number): StageEvent => {
    const [, src = "", dest = "", type = ""] = flights[id] ?? [];
    return { kind: "message", atNs: atMs * MS, message: { atNs: atMs * MS, event, id, src, dest, body: { type } } };
  };
  const log = flights
    .flatMap(([sentMs, , , , endMs, fate = "recv"], id) => [
      message(sentMs, "send", id),
      ...(endMs === undefined ? [] : [message(endMs, fate, id)]),
    ])
    .sort((a, b) => a.atNs - b.atNs);
  const stage: Stage = { model: "none", nodes: 2, workload: "sessions", clients: {}, script: [] };
  const history = { ops: [], faults: [], meta: { version: 1, complete: true } };
  return { stage, history, models: [], log, clients: new Map(), nodes: ["n1", "n2"] };
}

const rows = (run: Run, toMs = 1000) => diagramOf(run, { lanes: LANES, spans: [[0, toMs]] }).rows.map(inWords);

function inWords(row: SpaceTimeRow): string {
  if (row.kind === "gap") return "⋮";
  const at = row.atNs / MS;
  if (row.kind === "banner") return `${at} ${row.text}`;
  if (row.kind === "note") return `${at} ${LANES[row.lane]}: ${row.text}`;
  return `${at} ${LANES[row.from]}→${LANES[row.to]} ${row.label} ${row.part}`;
}

describe("the diagram of a run", () => {
  it("shows each message once, when it is sent", () => {
    expect(rows(runOf([0, "n1", "n2", "ask", 10], [10, "n2", "n1", "answer", 20]))).toEqual([
      "0 n1→n2 ask whole",
      "10 n2→n1 answer whole",
    ]);
  });

  it("shows both ends where the receiver sent something meanwhile, which it did not know of", () => {
    expect(rows(runOf([0, "n1", "n2", "one", 10], [5, "n2", "n1", "other", 15]))).toEqual([
      "0 n1→n2 one leaves",
      "5 n2→n1 other whole",
      "10 n1→n2 one arrives",
    ]);
  });

  it("shows both ends of a message that was overtaken, and of one that took long", () => {
    expect(rows(runOf([0, "n1", "n2", "late", 18], [5, "n1", "n2", "quick", 15]))).toEqual([
      "0 n1→n2 late leaves",
      "5 n1→n2 quick whole",
      "18 n1→n2 late arrives",
    ]);
    expect(rows(runOf([0, "n1", "n2", "slow", 50]))).toEqual(["0 n1→n2 slow leaves", "50 n1→n2 slow arrives"]);
  });

  it("shows no arrival that there was not, or that is not in the scene", () => {
    expect(rows(runOf([0, "n1", "n2", "lost", 0, "drop"], [1, "n1", "n2", "under way"]))).toEqual([
      "0 n1→n2 lost lost",
      "1 n1→n2 under way leaves",
    ]);
    expect(rows(runOf([0, "n1", "n2", "slow", 50]), 40)).toEqual(["0 n1→n2 slow leaves"]);
  });

  it("shows what a node repeats once, unless it fares otherwise", () => {
    const again = [0, 20, 40].map((ms): [number, string, string, string, number, "drop"] => [
      ms,
      "n1",
      "n2",
      "x",
      ms,
      "drop",
    ]);
    expect(rows(runOf(...again, [60, "n1", "n2", "x", 70]))).toEqual(["0 n1→n2 x lost", "60 n1→n2 x whole"]);
  });

  it("shows what is in the envelope of a group, and whose it is", () => {
    const run = runOf([0, "n1", "n2", "group", 10]);
    const message = { type: "request-vote", term: 3, lastLogIndex: 0, lastLogTerm: 0 };
    const log = run.log.map((event) =>
      event.kind === "message"
        ? { ...event, message: { ...event.message, body: { type: "group", group: "shard-1", message } } }
        : event,
    );
    expect(rows({ ...run, log })).toEqual(["0 n1→n2 shard-1: vote for me, t3 whole"]);
    expect(diagramOf({ ...run, log }, { lanes: LANES, types: ["vote"] }).rows).toEqual([]);
  });

  it("says where time passes", () => {
    expect(rows(runOf([0, "n1", "n2", "x", 10], [100, "n1", "n2", "y", 110]))).toContain("⋮");
  });

  it("names clients that are paused, and says who dies", async () => {
    const run = await play({
      model: "redlock",
      nodes: 1,
      workload: "lock",
      clients: { a: { node: "n1", dies: true } },
      script: [[10, "a", acquire("x")]],
      faults: [during(0, 40, pauseClients("n1"))],
    });
    expect(diagramOf(run, { lanes: LANES }).rows.map(inWords)).toEqual([
      "0 a paused",
      "40 a goes on",
      "40 a→n1 lock x whole",
      "50 n1→a yes, token 50 ms whole",
      "60 a: dies",
    ]);
  });

  it("says nothing of lanes that are not shown", () => {
    expect(rows(runOf([0, "n1", "n3", "x", 10]))).toEqual([]);
  });

  it("shows faults, retries elsewhere, and operations that nobody answered", async () => {
    const run = await play({
      model: "leaderless",
      config: { quorum: "n3r1w3" },
      nodes: 3,
      workload: "sessions",
      clients: { a: { node: "n1", reach: ["n1"] } },
      script: [
        [10, "a", write("x", 1)],
        [200, "a", read("x")],
      ],
      faults: [
        during(5, 400, kill("n3")),
        during(6, 400, mute(["n1"], ["n2"])),
        during(7, 400, slow(["n2"], ["n1"], 5)),
      ],
      timeoutMs: 100,
    });
    const told = diagramOf(run, { lanes: LANES, types: ["store"] }).rows.map(inWords);
    expect(told).toEqual([
      "5 n3 killed",
      "6 partition one-way: n2 does not hear n1",
      "7 links delay 5 ms: n2 to n1",
      "10 a→n1 write x 1 whole",
      "20 n1→n2 x = 1 lost",
      "⋮",
      "110 a: write x 1: nobody knows",
      "⋮",
      "200 a→n1 read x whole",
      "210 n1→a x = 1 whole",
    ]);
  });
});
