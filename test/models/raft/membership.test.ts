import { describe, expect, test } from "vitest";
import type { Configuration } from "../../../src/models/raft/configuration.ts";
import { Bench, type BenchOptions, giveVoters, ok, write } from "./bench.ts";

/** The configurations in a node's log. */
const configurations = (bench: Bench, node: string): Configuration[] =>
  (bench.node(node).disk.records("log") as { readonly configuration?: Configuration }[]).flatMap(
    ({ configuration }) => configuration ?? [],
  );

/** n1 leads, and has committed an entry of its term. */
function led(options: BenchOptions, configuration?: Configuration): Bench {
  const bench = new Bench(5, options);
  if (configuration) giveVoters(bench, "n1", configuration);
  bench.elect("n1");
  bench.beat("n1");
  return bench;
}

const change = (bench: Bench, leader = "n1"): void => {
  bench.fire(leader, "replace-voters");
  bench.settle();
};

const joint = { voters: ["n1", "n2", "n3"], outgoing: ["n3", "n4", "n5"] };

describe("who decides (§6)", () => {
  test("a joint configuration elects with majorities of both sets, but with the bug one is enough", () => {
    for (const bug of [undefined, "joint-new-majority-only"]) {
      const bench = new Bench(5, bug ? { bug } : {});
      giveVoters(bench, "n2", joint);
      bench.isolate("n1", "n2", "n3");
      expect(bench.elect("n2")).toBe(bug !== undefined);
      bench.heal();
      if (!bug) expect(bench.electAny("n2")).toBe("n2");
    }
  });

  test("a server uses the latest configuration in its log, committed or not, and takes it back with the entry", () => {
    for (const takenBack of [false, true]) {
      const bench = new Bench(5);
      giveVoters(bench, "n2", { voters: ["n2", "n3"] });
      if (takenBack) giveVoters(bench, "n2", { voters: ["n1", "n2", "n3", "n4", "n5"] }, 2);
      bench.isolate("n2", "n3");
      expect(bench.elect("n2")).toBe(!takenBack);
    }
  });

  test("the copies of learners do not count (dissertation §4.2.1), but with the bug learners-counted they do", () => {
    for (const bug of [undefined, "learners-counted"]) {
      const bench = led(bug ? { bug } : {}, { voters: ["n1", "n2", "n3"] });
      bench.isolate("n1", "n4", "n5");
      const reply = bench.ask("n1", write("x", 1));
      expect(reply).toEqual(bug ? ok(null) : undefined);
      expect(bench.terms("n4")).toEqual(bench.terms("n1"));
    }
  });
});

describe("changes", () => {
  test("by joint consensus: the joint configuration first, and the new one once that is committed (§6)", () => {
    const bench = led({ membership: "joint" });
    while (configurations(bench, "n1").length === 0) change(bench);
    const [first, second, ...rest] = configurations(bench, "n1");
    expect(first?.outgoing).toEqual(["n1", "n2", "n3", "n4", "n5"]);
    expect(second).toEqual({ voters: first?.voters });
    expect(rest).toEqual([]);
    expect(bench.violations).toEqual([]);
  });

  test("the new configuration waits for majorities of both sets", () => {
    const bench = led({ membership: "joint" });
    bench.isolate("n1", "n2");
    while (configurations(bench, "n1").length === 0) change(bench);
    for (let i = 0; i < 5; i++) bench.beat("n1");
    expect(configurations(bench, "n1")).toHaveLength(1);
    bench.heal();
    for (let i = 0; i < 5 && bench.leads("n1"); i++) bench.beat("n1");
    expect(configurations(bench, "n1")).toHaveLength(2);
  });

  test("not before the leader has committed an entry of its own term (Ongaro, raft-dev, July 2015)", () => {
    const bench = new Bench(5, { membership: "one-at-a-time" });
    bench.electSilently("n1");
    for (let i = 0; i < 5; i++) bench.fire("n1", "replace-voters");
    expect(configurations(bench, "n1")).toEqual([]);
    bench.beat("n1");
    bench.beat("n1");
    bench.beat("n1");
    change(bench);
    expect(configurations(bench, "n1")).toHaveLength(1);
  });

  test("not before the last one is committed (dissertation §4.1), but with the bug changes-overlap", () => {
    for (const bug of [undefined, "changes-overlap"]) {
      const bench = led({ membership: "one-at-a-time", ...(bug ? { bug } : {}) });
      bench.isolate("n1");
      for (let i = 0; i < 3; i++) change(bench);
      expect(configurations(bench, "n1").length > 1).toBe(bug !== undefined);
      expect(bench.violations.join()).toMatch(bug ? /one-change-at-a-time/ : /^$/);
    }
  });

  test("a server that is far behind becomes no voter before it has caught up (dissertation §4.2.1)", () => {
    const bench = led({ membership: "one-at-a-time" }, { voters: ["n1", "n2", "n3"] });
    bench.isolate("n4", "n5");
    for (let i = 0; i < 40; i++) bench.ask("n1", write("x", i));
    for (let i = 0; i < 10; i++) change(bench);
    expect(configurations(bench, "n1")).toHaveLength(1);
    bench.heal();
    for (let i = 0; i < 4; i++) bench.beat("n1");
    change(bench);
    expect(configurations(bench, "n1").at(-1)?.voters).toHaveLength(4);
    expect(bench.violations).toEqual([]);
  });

  test("a leader without a vote steps down once that is committed, and stands no more (§6, dissertation §4.2.2)", () => {
    const bench = new Bench(5, { membership: "one-at-a-time" });
    const traced = (event: string) => bench.traced.filter((one) => one.node === "n1" && one.event === event);
    giveVoters(bench, "n1", { voters: ["n2", "n3", "n4"] });
    bench.isolate("n1", "n2");
    bench.elect("n1");
    expect(traced("leader")).toEqual([]);
    bench.heal();
    bench.elect("n1");
    expect(traced("leader")).toHaveLength(1);
    expect(traced("step-down").map(({ detail }) => detail.why)).toEqual(["removed"]);
    expect(() => bench.stand("n1")).toThrow("does not stand");
    expect(bench.electAny("n2", "n3", "n4")).toMatch(/n[234]/);
    expect(bench.violations).toEqual([]);
  });
});
