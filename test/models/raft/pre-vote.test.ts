import { describe, expect, test } from "vitest";
import { Bench, ok, write } from "./bench.ts";

const traced = (bench: Bench, node: string, event: string): number =>
  bench.traced.filter((one) => one.node === node && one.event === event).length;

/** Lets a node ask for pre-votes, and stand if it gets them; says whether it leads then. */
function raise(bench: Bench, node: string): boolean {
  for (let i = 0; i < 5 && !bench.leads(node); i++) {
    bench.fire(node, "election");
    bench.settle();
  }
  return bench.leads(node);
}

/** n1 sends heartbeats for longer than any election timeout; then n3's election timer, due by now, fires. */
function fireUnderHeartbeats(bench: Bench): void {
  for (let i = 0; i < 8; i++) bench.beat("n1");
  bench.fire("n3", "election");
  bench.settle();
}

function led(election: string): Bench {
  const bench = new Bench(3, { election });
  raise(bench, "n1");
  bench.beat("n1");
  return bench;
}

describe("pre-vote (dissertation §9.6)", () => {
  test("a server that was cut off deposes nobody when it is back, as it does without", () => {
    for (const election of ["plain", "pre-vote"]) {
      const bench = led(election);
      bench.isolate("n3");
      for (let round = 0; round < 5; round++) fireUnderHeartbeats(bench);
      expect(traced(bench, "n3", "candidate") > 0).toBe(election === "plain");
      bench.heal();
      bench.beat("n1");
      expect(bench.leads("n1")).toBe(election === "pre-vote");
    }
  });

  test("nobody who hears a leader would vote for another (dissertation §4.2.3)", () => {
    const bench = led("pre-vote");
    bench.cutLink("n1", "n3");
    for (let round = 0; round < 5; round++) fireUnderHeartbeats(bench);
    expect(traced(bench, "n3", "candidate")).toBe(0);
    expect(bench.leads("n1")).toBe(true);
  });

  test("nor would anyone for an older log (§5.4.1)", () => {
    const bench = led("pre-vote");
    bench.isolate("n3");
    expect(bench.ask("n1", write("x", 1))).toEqual(ok(null));
    bench.kill("n1");
    bench.heal();
    expect(raise(bench, "n3")).toBe(false);
    expect(traced(bench, "n3", "candidate")).toBe(0);
    expect(raise(bench, "n2")).toBe(true);
  });

  test("a pre-vote binds nobody; with the bug pre-votes-counted two servers lead one term", () => {
    for (const bug of [undefined, "pre-votes-counted"]) {
      const bench = new Bench(4, { election: "pre-vote", ...(bug ? { bug } : {}) });
      for (const node of ["n1", "n4"])
        while (!bench.mail.some(({ from }) => from === node)) bench.fire(node, "election");
      bench.settle();
      expect(bench.violations.join()).toMatch(bug ? /election-safety/ : /^$/);
    }
  });
});

test("a leader whom no majority answers for an election timeout steps down (check-quorum, dissertation §6.2)", () => {
  const bench = led("pre-vote");
  bench.isolate("n1", "n2");
  for (let i = 0; i < 10; i++) bench.beat("n1");
  expect(bench.leads("n1")).toBe(true);
  bench.isolate("n1");
  const id = bench.request("n1", write("x", 1));
  for (let i = 0; i < 8 && bench.leads("n1"); i++) bench.beat("n1");
  expect(bench.leads("n1")).toBe(false);
  expect(bench.reply("c0", id)?.outcome.type).toBe("info");
});
