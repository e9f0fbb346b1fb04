import { describe, expect, test } from "vitest";
import { Bench, type BenchOptions, ok, read, write } from "./bench.ts";

function led(options: BenchOptions = {}): Bench {
  const bench = new Bench(3, { leadership: "transfers", ...options });
  bench.elect("n1");
  bench.beat("n1");
  return bench;
}

const asked = (bench: Bench): string[] =>
  bench.mail.filter(({ message }) => message.type === "timeout-now").map(({ to }) => to);

describe("leadership transfer (dissertation §3.10)", () => {
  test("the chosen node leads at once, though its voters have just heard the old leader", () => {
    const bench = led({ reads: "lease", election: "plain" });
    bench.fire("n1", "transfer");
    const [to = ""] = asked(bench);
    const beforeMs = bench.nowMs;
    bench.settle();
    expect(bench.leads(to)).toBe(true);
    expect(bench.leads("n1")).toBe(false);
    expect(bench.nowMs).toBe(beforeMs);
    expect(bench.ask(to, write("x", 1))).toEqual(ok(null));
    expect(bench.violations).toEqual([]);
  });

  test("commands are refused meanwhile, and sent on to the chosen node", () => {
    const bench = led();
    bench.fire("n1", "transfer");
    const id = bench.request("n1", write("x", 1));
    expect(bench.reply("c0", id)).toMatchObject({ outcome: { type: "fail" }, context: { leader: asked(bench)[0] } });
  });

  test("a node that misses entries gets them first", () => {
    const bench = led();
    bench.isolate("n1");
    bench.ask("n1", write("x", 1));
    bench.fire("n1", "transfer");
    expect(asked(bench)).toEqual([]);
    bench.heal();
    bench.settle();
    for (let i = 0; i < 5 && bench.leads("n1"); i++) bench.beat("n1");
    expect(bench.leads("n1")).toBe(false);
    expect(bench.violations).toEqual([]);
  });

  test("is given up after an election timeout", () => {
    const bench = led();
    bench.isolate("n1");
    bench.fire("n1", "transfer");
    bench.settle();
    for (let i = 0; i < 8; i++) bench.beat("n1");
    bench.heal();
    expect(bench.leads("n1")).toBe(true);
    expect(bench.ask("n1", write("x", 1))).toEqual(ok(null));
  });

  test("ends the lease for the rest of the term: the new leader may be elected at any time (§6.4.1, end)", () => {
    const bench = led({ reads: "lease" });
    const before = bench.request("n1", read("x"));
    expect(bench.reply("c0", before)).toEqual(ok(null));
    bench.fire("n1", "transfer");
    bench.take();
    for (let i = 0; i < 10; i++) bench.beat("n1");
    const after = bench.request("n1", read("x"));
    expect(bench.reply("c0", after)).toBeUndefined();
    bench.settle();
    expect(bench.reply("c0", after)).toEqual(ok(null));
  });

  test("an order of an earlier term is not followed", () => {
    const bench = led();
    bench.fire("n1", "transfer");
    const [late] = bench.take().filter(({ message }) => message.type === "timeout-now");
    const other = late?.to === "n2" ? "n3" : "n2";
    bench.elect(other);
    if (late) bench.hand(late);
    bench.settle();
    expect(bench.leads(other)).toBe(true);
  });

  test("the chosen node needs votes; with the bug transfer-without-vote it leads without any", () => {
    for (const bug of [undefined, "transfer-without-vote"]) {
      const bench = led(bug ? { bug } : {});
      bench.fire("n1", "transfer");
      const [order] = bench.take();
      if (order) {
        bench.isolate(order.to);
        bench.hand(order);
        bench.settle();
        expect(bench.leads(order.to)).toBe(bug !== undefined);
      }
    }
  });
});
