import { describe, expect, test } from "vitest";
import { LEASE_MS } from "../../../src/models/raft/lease.ts";
import { append, Bench, ok, read, seenIn, write } from "./bench.ts";

function led(count: number, reads: string, bug?: string): Bench {
  const bench = new Bench(count, { reads, ...(bug ? { bug } : {}) });
  bench.elect("n1");
  bench.beat("n1");
  return bench;
}

/** n1 leads and is cut off; n2 is elected and x becomes 2. */
function staleLeader(reads: string, bug?: string): Bench {
  const bench = led(3, reads, bug);
  bench.ask("n1", write("x", 1));
  bench.isolate("n1");
  bench.electAny("n2");
  expect(bench.ask("n2", write("x", 2))).toEqual(ok(null));
  return bench;
}

describe("reads through the log (§8)", () => {
  test("are entries like all others", () => {
    const bench = led(3, "log");
    bench.ask("n1", write("x", 1));
    expect(bench.ask("n1", read("x"))).toEqual(ok(1));
    expect(bench.terms("n2")).toHaveLength(3);
  });

  test("a deposed leader cannot answer one, but with the bug stale-local-read it does", () => {
    expect(staleLeader("log").ask("n1", read("x"))).toBeUndefined();
    expect(staleLeader("log", "stale-local-read").ask("n1", read("x"))).toEqual(ok(1));
  });
});

describe("read-index (dissertation §6.4)", () => {
  test("a read is answered when a majority has recognised the leader since, and adds no entry", () => {
    const bench = led(5, "read-index");
    bench.ask("n1", write("x", 1));
    const before = bench.terms("n1").length;
    const id = bench.request("n1", read("x"));
    const [first, second] = bench.take();
    if (first) bench.hand(first);
    for (const letter of bench.take()) bench.hand(letter);
    expect(bench.reply("c0", id)).toBeUndefined();
    if (second) bench.hand(second);
    for (const letter of bench.take()) bench.hand(letter);
    expect(bench.reply("c0", id)).toEqual(ok(1));
    expect(bench.terms("n1")).toHaveLength(before);
  });

  test("answers to messages that left before the read came do not count", () => {
    const bench = led(3, "read-index");
    bench.fire("n1", "heartbeat");
    for (const letter of bench.take()) bench.hand(letter);
    const early = bench.take();
    const id = bench.request("n1", read("x"));
    bench.take();
    for (const letter of early) bench.hand(letter);
    expect(bench.reply("c0", id)).toBeUndefined();
    bench.beat("n1");
    expect(bench.reply("c0", id)).toEqual(ok(null));
  });

  test("one round of messages serves all reads that came before it", () => {
    const bench = led(3, "read-index");
    const ids = [read("x"), read("x"), read("x")].map((op, i) => bench.request("n1", op, `c${i}`));
    expect(bench.mail).toHaveLength(2);
    const first = bench.take();
    for (const letter of first) bench.hand(letter);
    for (const letter of bench.take()) bench.hand(letter);
    expect(ids.map((id, i) => bench.reply(`c${i}`, id) !== undefined)).toEqual([true, false, false]);
    expect(bench.mail).toHaveLength(2);
    bench.settle();
    expect(ids.map((id, i) => bench.reply(`c${i}`, id))).toEqual([ok(null), ok(null), ok(null)]);
  });

  test("a deposed leader does not answer, and sends the client on when it learns of its successor", () => {
    const bench = staleLeader("read-index");
    const id = bench.request("n1", read("x"));
    bench.settle();
    expect(bench.reply("c0", id)).toBeUndefined();
    bench.heal();
    bench.beat("n2");
    expect(bench.reply("c0", id)).toMatchObject({
      outcome: { type: "fail", error: { name: "temporarily-unavailable" } },
      context: { leader: "n2" },
    });
  });

  test("with the bug stale-local-read a deposed leader answers with what it has", () => {
    expect(staleLeader("read-index", "stale-local-read").ask("n1", read("x"))).toEqual(ok(1));
  });

  /** x is committed by n1, which dies before its followers learn that it is; n2 leads next. */
  const newLeader = (bug?: string): Bench => {
    const bench = led(3, "read-index", bug);
    expect(bench.ask("n1", write("x", 1))).toEqual(ok(null));
    bench.kill("n1");
    for (let i = 0; i < 5 && !bench.leads("n2"); i++) bench.electSilently("n2");
    return bench;
  };

  test("a new leader first commits an entry of its term (step 1)", () => {
    const bench = newLeader();
    const id = bench.request("n2", read("x"));
    bench.settle();
    for (let i = 0; i < 4; i++) bench.beat("n2");
    expect(bench.reply("c0", id)).toEqual(ok(1));
  });

  test("without that (bug read-index-without-no-op) it answers from before a committed write", () => {
    expect(newLeader("read-index-without-no-op").ask("n2", read("x"))).toEqual(ok(null));
  });
});

describe("leases (dissertation §6.4.1)", () => {
  test("a read is answered at once while the lease runs", () => {
    const bench = led(3, "lease");
    bench.ask("n1", write("x", 1));
    bench.nowMs += LEASE_MS - 1;
    const id = bench.request("n1", read("x"));
    expect(bench.reply("c0", id)).toEqual(ok(1));
    expect(bench.mail).toEqual([]);
  });

  test("the lease counts from when the message left, not from when its answer came", () => {
    const bench = led(3, "lease");
    bench.fire("n1", "heartbeat");
    bench.nowMs += LEASE_MS;
    bench.settle();
    const id = bench.request("n1", read("x"));
    expect(bench.reply("c0", id)).toBeUndefined();
    bench.settle();
    expect(bench.reply("c0", id)).toEqual(ok(null));
  });

  test("after its end the leader asks a majority first", () => {
    const bench = staleLeader("lease");
    expect(bench.ask("n1", read("x"))).toBeUndefined();
    expect(bench.ask("n2", read("x"))).toEqual(ok(2));
  });

  test("it is measured on the monotonic clock: a wall clock that jumps back does not prolong it", () => {
    const bench = led(3, "lease");
    bench.ask("n1", write("x", 1));
    bench.node("n1").wallOffsetMs = -60_000;
    bench.isolate("n1");
    bench.electAny("n2");
    expect(bench.ask("n2", write("x", 2))).toEqual(ok(null));
    expect(bench.ask("n1", read("x"))).toBeUndefined();
  });

  test("a wall clock that jumps ahead does not end it", () => {
    const bench = led(3, "lease");
    bench.node("n1").wallOffsetMs = 60_000;
    const id = bench.request("n1", read("x"));
    expect(bench.reply("c0", id)).toEqual(ok(null));
  });

  test("the bug lease-too-long outlasts an election", () => {
    expect(staleLeader("lease", "lease-too-long").ask("n1", read("x"))).toEqual(ok(1));
  });

  test("who heard a leader does not vote, nor move to a higher term, for the shortest election timeout (§4.2.3)", () => {
    for (const [reads, votes] of [
      ["lease", 0],
      ["read-index", 1],
    ] as const) {
      const bench = led(3, reads);
      bench.cutLink("n1", "n3");
      bench.stand("n3");
      const requests = bench.take().filter(({ to }) => to === "n2");
      bench.fire("n1", "heartbeat");
      bench.settle();
      for (const letter of requests) bench.hand(letter);
      expect(bench.mail.filter(({ message }) => message.granted === true)).toHaveLength(votes);
    }
  });

  test("nor does a server that has just restarted, as it may have heard one", () => {
    const bench = led(3, "lease");
    bench.kill("n2");
    bench.restart("n2");
    bench.isolate("n1");
    bench.node("n3").timers.set("election", 0);
    const before = bench.nowMs;
    bench.stand("n3");
    expect(bench.nowMs - before).toBeGreaterThanOrEqual(149);
    bench.nowMs = before + 149;
    bench.settle();
    expect(bench.leads("n3")).toBe(false);
  });
});

describe("answers to messages of an earlier leadership", () => {
  /**
   * n1 leads for long, and again after a restart, when its clock begins anew; then what it last sent before reaches n2,
   * and is answered. n1 is cut off, n2 is elected and x becomes 2.
   */
  const leadsAgain = (reads: string): Bench => {
    const bench = led(3, reads);
    for (let i = 0; i < 50; i++) bench.beat("n1");
    bench.fire("n1", "heartbeat");
    const late = bench.take().filter(({ to }) => to === "n2");
    bench.kill("n1");
    bench.restart("n1");
    bench.electAny("n1");
    expect(bench.ask("n1", write("x", 1))).toEqual(ok(null));
    bench.mail = late;
    bench.settle();
    bench.isolate("n1");
    bench.electAny("n2");
    expect(bench.ask("n2", write("x", 2))).toEqual(ok(null));
    return bench;
  };

  test.each(["read-index", "lease"])("do not pass for new ones: %s", (reads) => {
    const bench = leadsAgain(reads);
    expect(bench.ask("n1", read("x"))).toBeUndefined();
  });

  test("their serials do not stop the search for where logs agree", () => {
    const bench = leadsAgain("lease");
    bench.heal();
    bench.beat("n2");
    bench.beat("n2");
    expect(bench.terms("n1")).toEqual(bench.terms("n2"));
    expect(bench.violations).toEqual([]);
  });
});

describe("the bug lease-on-wall-clock", () => {
  /** n1 leads, x is 1 on all copies, and no link is cut. */
  const clocks = (skews: Readonly<Record<string, number>>): Bench => {
    const bench = led(3, "lease", "lease-on-wall-clock");
    bench.ask("n1", write("x", 1));
    bench.beat("n1");
    for (const [name, ms] of Object.entries(skews)) bench.node(name).wallOffsetMs = ms;
    return bench;
  };
  /** n1 sends heartbeats for as long as n2 can stay quiet; n2 stands if they do not put it off. */
  const elects = (bench: Bench): boolean => {
    for (let i = 0; i < 6; i++) bench.beat("n1");
    bench.fire("n2", "election");
    bench.settle();
    return bench.leads("n2");
  };

  test("with true clocks the leader stays, and a new one is not elected before the lease is over", () => {
    const bench = clocks({});
    expect(elects(bench)).toBe(false);
    expect(bench.leads("n1")).toBe(true);
    expect(bench.ask("n1", read("x"))).toEqual(ok(1));
    bench.isolate("n1");
    bench.electAny("n2");
    expect(bench.ask("n1", read("x"))).toBeUndefined();
  });

  test("a leader whose clock jumps back is deposed and goes on answering, even those who have seen more", () => {
    const bench = clocks({ n1: -60_000 });
    expect(elects(bench)).toBe(true);
    expect(bench.leads("n1")).toBe(false);
    const written = bench.ask("n2", write("x", 2));
    expect(written).toEqual(ok(null));
    expect(bench.ask("n1", read("x"), "c1", 1, seenIn(written))).toEqual(ok(1));
    expect(bench.ask("n1", write("x", 3))).toMatchObject({ outcome: { type: "fail" }, context: { leader: "n2" } });
    bench.node("n1").wallOffsetMs = 0;
    expect(bench.ask("n1", read("x"))).toMatchObject({ outcome: { type: "fail" } });
  });

  test("a follower whose clock jumps ahead is elected before the lease is over", () => {
    const bench = clocks({ n2: 60_000 });
    expect(elects(bench)).toBe(true);
    expect(bench.ask("n2", write("x", 2))).toEqual(ok(null));
    expect(bench.ask("n1", read("x"))).toEqual(ok(1));
  });

  test("clocks that jump together do no harm", () => {
    const bench = clocks({ n1: -60_000, n2: -60_000, n3: -60_000 });
    expect(elects(bench)).toBe(false);
  });

  test("a server that restarts may have heard a leader", () => {
    const bench = clocks({});
    for (const name of ["n2", "n3"]) {
      bench.kill(name);
      bench.restart(name);
    }
    bench.node("n2").timers.set("election", bench.nowMs);
    bench.isolate("n1");
    bench.fire("n2", "election");
    bench.settle();
    expect(bench.leads("n2")).toBe(false);
  });
});

describe("local reads", () => {
  test("any node answers from its own copy", () => {
    const bench = led(3, "local");
    bench.ask("n1", write("x", 1));
    expect(bench.ask("n2", read("x"))).toEqual(ok(null));
    bench.beat("n1");
    expect(bench.ask("n2", read("x"))).toEqual(ok(1));
  });

  test("a node that shows less than the session has seen refuses, as after a restart", () => {
    const bench = led(3, "local");
    for (const value of [1, 2, 3]) bench.ask("n1", append("x", value));
    bench.beat("n1");
    const reply = bench.ask("n2", read("x"));
    expect(reply).toEqual(ok([1, 2, 3]));
    const seen = seenIn(reply);
    bench.kill("n2");
    bench.restart("n2");
    expect(bench.ask("n2", read("x"), "c0", 9, seen)).toMatchObject({
      outcome: { type: "fail", error: { name: "temporarily-unavailable", text: expect.stringContaining("older") } },
    });
    bench.beat("n1");
    expect(bench.ask("n2", read("x"), "c0", 10, seen)).toEqual(ok([1, 2, 3]));
  });
});

test("a final read is answered by the node itself, whatever the mode", () => {
  for (const reads of ["log", "read-index", "lease", "local"]) {
    const bench = led(3, reads);
    bench.ask("n1", write("x", 1));
    bench.beat("n1");
    bench.isolate("n3");
    expect(bench.copy("n3", "x")).toBe(1);
  }
});
