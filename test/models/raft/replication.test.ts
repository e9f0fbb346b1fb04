import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { append, Bench, ok, read, write } from "./bench.ts";

/** A Bench whose n1 leads. */
function led(count: number, options: ConstructorParameters<typeof Bench>[1] = {}): Bench {
  const bench = new Bench(count, options);
  bench.elect("n1");
  return bench;
}

describe("log replication (§5.3)", () => {
  test("a command is answered once a majority stores it, and not before", () => {
    const bench = led(5);
    const id = bench.request("n1", write("x", 1));
    const [first, second, ...rest] = bench.take();
    if (first) bench.hand(first);
    for (const letter of bench.take()) bench.hand(letter);
    expect(bench.reply("c0", id)).toBeUndefined();
    if (second) bench.hand(second);
    for (const letter of bench.take()) bench.hand(letter);
    expect(bench.reply("c0", id)).toEqual(ok(null));
    expect(rest).toHaveLength(2);
  });

  test("the bug ack-before-majority answers with the leader's copy alone", () => {
    const bench = led(3, { bug: "ack-before-majority" });
    bench.isolate("n1");
    expect(bench.ask("n1", write("x", 1))).toEqual(ok(null));
    bench.elect("n2");
    expect(bench.ask("n2", read("x"))).toEqual(ok(null));
    expect(bench.violations.join()).toMatch(/leader-completeness|state-machine-safety/);
  });

  test("followers apply in the order of the log, a heartbeat later", () => {
    const bench = led(3);
    for (const value of [1, 2, 3]) bench.ask("n1", append("x", value));
    bench.beat("n1");
    for (const name of ["n1", "n2", "n3"]) expect(bench.copy(name, "x")).toEqual([1, 2, 3]);
  });

  test("extraneous entries of followers are replaced by the leader's (Figure 7)", () => {
    const bench = led(3);
    bench.isolate("n1");
    for (let i = 0; i < 5; i++) bench.ask("n1", write("x", i));
    bench.elect("n2");
    bench.ask("n2", write("y", 9));
    expect(bench.terms("n1")).toEqual([1, 1, 1, 1, 1, 1]);
    bench.heal();
    bench.beat("n2");
    bench.beat("n2");
    expect(bench.terms("n1")).toEqual(bench.terms("n2"));
    expect(bench.copy("n1", "x")).toBe(null);
    expect(bench.copy("n1", "y")).toBe(9);
    expect(bench.violations).toEqual([]);
  });

  test("commands that come while a message is under way leave together when it is answered", () => {
    const bench = led(3);
    for (let i = 1; i <= 10; i++) bench.request("n1", append("x", i), `c${i}`, 1);
    const first = bench.take();
    expect(first.map(({ to, message }) => [to, (message.entries as unknown[]).length])).toEqual([
      ["n2", 1],
      ["n3", 1],
    ]);
    for (const letter of first) bench.hand(letter);
    for (const letter of bench.take()) bench.hand(letter);
    expect(bench.mail.map(({ message }) => (message.entries as unknown[]).length)).toEqual([9, 9]);
    bench.settle();
    expect(bench.copy("n1", "x")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("a follower that was away for 1,000 entries catches up within one heartbeat and its answers", () => {
    const bench = led(3);
    bench.isolate("n3");
    for (let i = 0; i < 1000; i++) bench.ask("n1", write("x", i));
    bench.heal();
    bench.beat("n1");
    bench.beat("n1");
    bench.beat("n1");
    bench.beat("n1");
    expect(bench.terms("n3")).toHaveLength(1001);
    expect(bench.copy("n3", "x")).toBe(999);
  });

  test("lost messages are sent again", () => {
    const bench = led(3);
    const id = bench.request("n1", write("x", 1));
    bench.take();
    for (let i = 0; i < 3; i++) bench.beat("n1");
    expect(bench.reply("c0", id)).toEqual(ok(null));
  });
});

describe("committing entries of earlier terms (§5.4.2, Figure 8)", () => {
  /** Steps (a) to (c): n1 counts a majority for an entry of an earlier term. Gives what clients were told meanwhile. */
  const figure8 = (bug?: string) => {
    const bench = new Bench(5, bug ? { bug } : {});
    bench.elect("n1");
    // With the bug a leader takes no commands in its first second.
    bench.nowMs += 1000;
    bench.ask("n1", write("x", 1));
    // (a) n1 leads, and replicates the entry at the next index to n2 alone.
    bench.isolate("n1", "n2");
    const id = bench.request("n1", write("x", 2), "c1", 1);
    bench.settle();
    // (b) n1 crashes; n5 is elected by n3 and n4, and takes another entry for itself.
    bench.kill("n1");
    bench.heal();
    expect(bench.electSilently("n5")).toBe(true);
    bench.nowMs += 1000;
    bench.request("n5", write("x", 3), "c2", 1);
    bench.take();
    // (c) n5 crashes; n1 is elected, and copies its entry to n3, before anything new of its own term.
    bench.kill("n5");
    bench.heal();
    bench.restart("n1");
    bench.electAny("n1");
    return { bench, id };
  };

  test("an older entry is not committed by counting replicas, but with the leader's no-op", () => {
    const { bench } = figure8();
    const commits = bench.traced.filter(({ node, event }) => node === "n1" && event === "commit");
    const last = commits.at(-1)?.detail as { index: number; term: number };
    expect(bench.terms("n1")[last.index - 1]).toBe(last.term);
    // (e) so n5 cannot be elected any more.
    bench.kill("n1");
    bench.restart("n5");
    for (let i = 0; i < 5; i++) expect(bench.elect("n5")).toBe(false);
    expect(bench.violations).toEqual([]);
  });

  test("with the bug commit-older-term it is, and then n5 overwrites it (d)", () => {
    const { bench } = figure8("commit-older-term");
    bench.beat("n1");
    expect(bench.copy("n1", "x")).toBe(2);
    bench.kill("n1");
    bench.restart("n5");
    bench.electAny("n5");
    bench.beat("n5");
    expect(bench.copy("n5", "x")).toBe(3);
    expect(bench.violations.join()).toMatch(/leader-completeness: n5 leads/);
  });
});

describe("messages may be lost, come twice, late, in any order (§5.1, §5.5)", () => {
  test("all copies end up equal, and hold what was acknowledged, each once", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new Random(seed);
        const bench = led(3);
        const late: Parameters<Bench["hand"]>[0][] = [];
        const acknowledged: number[] = [];
        const asked: [number, number][] = [];
        for (let step = 0; step < 60; step++) {
          if (random.chance(0.5)) asked.push([step, bench.request("n1", append("x", step), `c${step}`, 1)]);
          else bench.fire("n1", "heartbeat");
          for (const letter of random.shuffle(bench.take())) {
            if (random.chance(0.2)) continue;
            if (random.chance(0.3)) late.push(letter);
            bench.hand(letter);
          }
          if (random.chance(0.3)) for (const letter of random.shuffle(late)) bench.hand(letter);
          // Votes and refusals that come late depose nobody, as no term was raised.
          expect(bench.leads("n1")).toBe(true);
        }
        for (const letter of random.shuffle(late)) bench.hand(letter);
        for (let i = 0; i < 5; i++) bench.beat("n1");
        for (const [value, id] of asked) if (bench.reply(`c${value}`, id)) acknowledged.push(value);
        const copies = ["n1", "n2", "n3"].map((name) => bench.copy(name, "x") as number[]);
        expect(copies[1]).toEqual(copies[0]);
        expect(copies[2]).toEqual(copies[0]);
        expect([...(copies[0] ?? [])].sort((a, b) => a - b)).toEqual(asked.map(([value]) => value));
        expect(acknowledged).toHaveLength(asked.length);
        expect(bench.violations).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test("a late message does not take back what was acknowledged, but does with the bug truncate-on-append", () => {
    for (const [bug, expected] of [
      [undefined, 2],
      ["truncate-on-append", null],
    ] as const) {
      const bench = led(3, bug ? { bug } : {});
      bench.isolate("n3");
      bench.fire("n1", "heartbeat");
      const late = bench.mail.filter(({ to }) => to === "n2").map((letter) => structuredClone(letter));
      bench.settle();
      expect(bench.ask("n1", write("x", 2))).toEqual(ok(null));
      for (const letter of late) bench.hand(letter);
      bench.kill("n1");
      bench.heal();
      const leader = bench.electAny("n2", "n3");
      expect(bench.ask(leader, read("x"))).toEqual(ok(expected));
    }
  });

  test("an entry is on disk before it is acknowledged, but not with the bug unsynced-log", () => {
    for (const [bug, expected] of [
      [undefined, 1],
      ["unsynced-log", null],
    ] as const) {
      const bench = led(3, bug ? { bug } : {});
      expect(bench.ask("n1", write("x", 1))).toEqual(ok(null));
      for (const name of ["n1", "n2", "n3"]) bench.kill(name);
      for (const name of ["n1", "n2", "n3"]) bench.restart(name);
      bench.elect("n2");
      expect(bench.ask("n2", read("x"))).toEqual(ok(expected));
    }
  });
});
