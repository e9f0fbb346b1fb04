import { describe, expect, test } from "vitest";
import { Bench, ok, read, write } from "./bench.ts";

describe("leader election (§5.2)", () => {
  test("a candidate with the votes of a majority leads, and opens its term with a no-op (§8)", () => {
    const bench = new Bench(3);
    bench.isolate("n3");
    expect(bench.elect("n1")).toBe(true);
    expect(bench.node("n1").disk.records("log")).toEqual([{ term: 1, command: null }]);
    expect(bench.terms("n2")).toEqual([1]);
  });

  test("a candidate without a majority does not lead", () => {
    const bench = new Bench(5);
    bench.isolate("n1", "n2");
    expect(bench.elect("n1")).toBe(false);
  });

  test("split votes: each server votes for one candidate a term, first come first served", () => {
    const bench = new Bench(4);
    bench.stand("n1");
    bench.stand("n4");
    const requests = bench.take();
    bench.mail = [...requests.filter(({ from, to }) => (from === "n1") === (to === "n2"))];
    bench.settle();
    expect(bench.leads("n1") || bench.leads("n4")).toBe(false);
    bench.mail = requests;
    bench.settle();
    expect(bench.leads("n1") && bench.leads("n4")).toBe(false);
    expect(bench.violations).toEqual([]);
  });

  test("heartbeats put an election off", () => {
    const bench = new Bench(3);
    bench.elect("n1");
    for (let i = 0; i < 20; i++) bench.beat("n1");
    bench.fire("n2", "election");
    expect(bench.traced.some(({ node, event }) => node === "n2" && event === "candidate")).toBe(false);
    expect(bench.leads("n1")).toBe(true);
  });

  test("election timeouts are drawn from 150 to 300 ms", () => {
    const bench = new Bench(200);
    const timeouts = [...bench.nodes.values()].map((node) => (node.timers.get("election") ?? 0) - bench.nowMs);
    expect(Math.min(...timeouts)).toBeGreaterThanOrEqual(150);
    expect(Math.max(...timeouts)).toBeLessThanOrEqual(300);
    expect(new Set(timeouts).size).toBeGreaterThan(80);
  });

  test("a cluster of one elects itself and serves", () => {
    const bench = new Bench(1);
    bench.stand("n1");
    bench.fire("n1", "commit");
    const id = bench.request("n1", write("x", 1));
    expect(bench.reply("c0", id)).toBeUndefined();
    bench.fire("n1", "commit");
    expect(bench.reply("c0", id)).toEqual(ok(null));
    expect(bench.copy("n1", "x")).toBe(1);
  });
});

describe("the election restriction (§5.4.1)", () => {
  test("a log that ends in a later term is more up to date, even if shorter", () => {
    const bench = new Bench(3);
    bench.elect("n1");
    // n1 alone stores three entries of term 1; n2 and n3 go on in term 2 with one more.
    bench.isolate("n1");
    for (let i = 0; i < 3; i++) bench.ask("n1", write("x", i));
    bench.elect("n2");
    expect([bench.terms("n1"), bench.terms("n2")]).toEqual([
      [1, 1, 1, 1],
      [1, 2],
    ]);
    bench.heal();
    bench.beat("n1");
    for (let i = 0; i < 4; i++) expect(bench.elect("n1")).toBe(false);
    expect(bench.electAny("n3")).toBe("n3");
  });

  test("of logs that end in the same term the longer one is more up to date", () => {
    const bench = new Bench(3);
    bench.elect("n1");
    bench.isolate("n3");
    expect(bench.ask("n1", write("x", 1))).toEqual(ok(null));
    bench.kill("n1");
    bench.heal();
    for (let i = 0; i < 4; i++) expect(bench.elect("n3")).toBe(false);
    expect(bench.elect("n2")).toBe(true);
    expect(bench.ask("n2", read("x"))).toEqual(ok(1));
  });

  test("without it (bug no-up-to-date-check) a committed entry is lost", () => {
    const bench = new Bench(3, { bug: "no-up-to-date-check" });
    bench.elect("n1");
    bench.isolate("n3");
    expect(bench.ask("n1", write("x", 1))).toEqual(ok(null));
    bench.kill("n1");
    bench.heal();
    bench.electAny("n3");
    expect(bench.ask("n3", read("x"))).toEqual(ok(null));
    expect(bench.violations.join()).toMatch(/leader-completeness: n3 leads/);
  });
});

describe("persistent state (Figure 2)", () => {
  /** n2 votes for n1, crashes before it hears from it, and is asked again by n3 in the same term. */
  const voteAgain = (bug?: string): Bench => {
    const bench = new Bench(3, bug ? { bug } : {});
    bench.stand("n1");
    bench.stand("n3");
    const requests = bench.take();
    const ask = (from: string): void => {
      bench.mail = requests.filter((letter) => letter.from === from && letter.to === "n2");
      const request = bench.mail.shift();
      if (request) bench.hand(request);
    };
    ask("n1");
    const vote = bench.take();
    bench.kill("n2");
    bench.restart("n2");
    ask("n3");
    bench.mail = [...vote, ...bench.take()];
    for (const letter of bench.take()) bench.hand(letter);
    return bench;
  };

  test("a vote survives a crash: no second vote in its term", () => {
    const bench = voteAgain();
    expect([bench.leads("n1"), bench.leads("n3")]).toEqual([true, false]);
    expect(bench.violations).toEqual([]);
  });

  test("without it (bug vote-not-persisted) two leaders are elected in a term", () => {
    const bench = voteAgain("vote-not-persisted");
    expect([bench.leads("n1"), bench.leads("n3")]).toEqual([true, true]);
    expect(bench.violations.join()).toMatch(/election-safety: n1 and n3 were both elected in term 1/);
  });

  test("term and log survive a crash", () => {
    const bench = new Bench(3);
    bench.elect("n1");
    bench.ask("n1", write("x", 1));
    for (const name of ["n1", "n2", "n3"]) bench.kill(name);
    for (const name of ["n1", "n2", "n3"]) bench.restart(name);
    expect(bench.copy("n2", "x")).toBe(null);
    expect(bench.elect("n2")).toBe(true);
    expect(bench.terms("n2")).toEqual([1, 1, 2]);
    expect(bench.ask("n2", read("x"))).toEqual(ok(1));
    expect(bench.violations).toEqual([]);
  });

  test("a handler syncs only if it changed something", () => {
    const bench = new Bench(3);
    bench.elect("n1");
    const syncs = (): number[] => [...bench.nodes.values()].map((node) => node.syncs);
    const before = syncs();
    for (let i = 0; i < 10; i++) bench.beat("n1");
    expect(syncs()).toEqual(before);
    bench.ask("n1", write("x", 1));
    expect(syncs()).toEqual(before.map((count) => count + 1));
  });
});
