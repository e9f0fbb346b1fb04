import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { append, Bench, type BenchOptions, giveVoters, ok, write } from "./bench.ts";

const snapshots: BenchOptions = { compaction: "snapshots" };

/** A bench whose n1 leads, without n3, and has compacted its log. */
function compacted(options: BenchOptions = snapshots, commands = 100): Bench {
  const bench = new Bench(3, options);
  bench.elect("n1");
  bench.isolate("n3");
  bench.ask("n1", append("x", 7), "c7", 1);
  for (let i = 0; i < commands; i++) bench.ask("n1", write("y", i));
  return bench;
}

const traces = (bench: Bench, node: string, event: string) =>
  bench.traced.filter((one) => one.node === node && one.event === event);

/** The messages of a type that are under way. */
const mailOf = (bench: Bench, type: string) => bench.mail.filter(({ message }) => message.type === type);

describe("a whole log", () => {
  test("a restarted server goes on from its snapshot, and applies only what came after (§7)", () => {
    const bench = new Bench(3);
    bench.elect("n1");
    bench.ask("n1", append("x", 7), "c7", 1);
    for (let i = 0; i < 1500; i++) bench.ask("n1", write("y", i));
    bench.beat("n1");
    bench.kill("n2");
    const before = bench.traced.length;
    bench.restart("n2");
    expect(bench.copy("n2", "x")).toEqual([7]);
    bench.beat("n1");
    expect(bench.copy("n2", "y")).toBe(1499);
    const applied = bench.traced.slice(before).filter(({ node, event }) => node === "n2" && event === "apply");
    expect(applied.length).toBeLessThan(1024);
    // Its table of answers is restored as well.
    bench.kill("n1");
    bench.electAny("n2");
    expect(bench.ask("n2", append("x", 7), "c7", 1)).toEqual(ok(null));
    expect(bench.copy("n2", "x")).toEqual([7]);
    expect(bench.violations).toEqual([]);
  });

  test("a snapshot of more than the log holds is not used", () => {
    const bench = new Bench(1);
    bench.stand("n1");
    bench.fire("n1", "commit");
    for (let i = 0; i < 1030; i++) {
      bench.request("n1", write("y", i));
      bench.fire("n1", "commit");
    }
    const { disk } = bench.node("n1");
    bench.kill("n1");
    expect(disk.read("snapshot")).toBeDefined();
    disk.truncate("log", 1000);
    disk.sync();
    bench.restart("n1");
    expect(bench.copy("n1", "y")).toBe(null);
  });
});

describe("log compaction (§7)", () => {
  test("applied entries go but for the last few, and restarts come to the same state", () => {
    const bench = compacted();
    const { disk } = bench.node("n1");
    const head = traces(bench, "n1", "compact").at(-1)?.detail.index as number;
    expect(head).toBeGreaterThan(32);
    expect(disk.records("log").length + disk.records("log-2").length).toBe(102 - head);
    bench.kill("n1");
    bench.restart("n1");
    bench.heal();
    bench.electAny("n1");
    expect(bench.copy("n1", "x")).toEqual([7]);
    expect(bench.copy("n1", "y")).toBe(99);
    expect(bench.ask("n1", append("x", 7), "c7", 1)).toEqual(ok(null));
    expect(bench.copy("n1", "x")).toEqual([7]);
    expect(bench.violations).toEqual([]);
  });

  test("a crash between a compaction and the next sync leaves the old log or the new one", () => {
    for (let commands = 55; commands < 70; commands++) {
      const bench = compacted(snapshots, commands);
      for (const name of ["n1", "n2"]) bench.kill(name);
      for (const name of ["n1", "n2"]) bench.restart(name);
      bench.electAny("n1", "n2");
      expect(bench.copy("n1", "x")).toEqual([7]);
      bench.beat(bench.leads("n1") ? "n1" : "n2");
      expect([bench.copy("n1", "y"), bench.copy("n2", "y")]).toEqual([commands - 1, commands - 1]);
      expect(bench.violations).toEqual([]);
    }
  });
});

describe("InstallSnapshot (Figure 13)", () => {
  test("a follower that needs what is not in the log any more is sent a snapshot, and the rest of the log", () => {
    const bench = compacted();
    bench.heal();
    for (let i = 0; i < 4; i++) bench.beat("n1");
    expect(traces(bench, "n3", "install")).toHaveLength(1);
    expect(bench.copy("n3", "x")).toEqual([7]);
    expect(bench.copy("n3", "y")).toBe(99);
    // What was installed is on disk.
    bench.kill("n3");
    bench.restart("n3");
    expect(bench.copy("n3", "x")).toEqual([7]);
    // And it has the whole state: the table of answers, too.
    bench.kill("n1");
    bench.electAny("n3");
    expect(bench.ask("n3", append("x", 7), "c7", 1)).toEqual(ok(null));
    expect(bench.copy("n3", "x")).toEqual([7]);
    expect(bench.violations).toEqual([]);
  });

  test("entries that conflict go, and a snapshot that comes late or twice changes nothing", () => {
    const bench = new Bench(3, snapshots);
    bench.elect("n3");
    bench.isolate("n3");
    for (let i = 0; i < 30; i++) bench.ask("n3", write("z", i));
    bench.electAny("n1");
    for (let i = 0; i < 100; i++) bench.ask("n1", write("y", i));
    bench.heal();
    const late: typeof bench.mail = [];
    for (let i = 0; i < 6; i++) {
      bench.fire("n1", "heartbeat");
      late.push(...mailOf(bench, "install-snapshot"));
      bench.settle();
    }
    expect(late.length).toBeGreaterThan(0);
    expect(bench.copy("n3", "y")).toBe(99);
    expect(bench.copy("n3", "z")).toBe(null);
    for (let i = 100; i < 110; i++) bench.ask("n1", write("y", i));
    bench.beat("n1");
    for (const letter of late) bench.hand(letter);
    bench.settle();
    expect(bench.copy("n3", "y")).toBe(109);
    expect(traces(bench, "n3", "install")).toHaveLength(1);
    expect(bench.violations).toEqual([]);
  });

  test("a follower that has the snapshot's last entry keeps its log and commits", () => {
    const bench = compacted();
    // n2 has everything, but the leader takes it for a follower that is far behind.
    bench.heal();
    bench.fire("n1", "heartbeat");
    bench.settle();
    bench.fire("n1", "heartbeat");
    const [letter] = [...mailOf(bench, "install-snapshot")];
    bench.settle();
    const before = traces(bench, "n2", "install").length;
    if (letter) bench.hand({ ...letter, to: "n2" });
    expect(traces(bench, "n2", "install")).toHaveLength(before);
    expect(bench.copy("n2", "y")).toBe(99);
  });

  test("a snapshot tells who votes", () => {
    const bench = new Bench(5, snapshots);
    const voters = ["n1", "n2", "n3"];
    giveVoters(bench, "n1", { voters });
    bench.elect("n1");
    bench.isolate("n5");
    for (let i = 0; i < 100; i++) bench.ask("n1", write("y", i));
    bench.heal();
    for (let i = 0; i < 4; i++) bench.beat("n1");
    expect(traces(bench, "n5", "install").map(({ detail }) => detail.voters)).toEqual(["voters:n1,n2,n3"]);
    bench.kill("n5");
    bench.restart("n5");
    // n5 knows that it has no vote.
    expect(() => bench.stand("n5")).toThrow("does not stand");
    expect(bench.violations).toEqual([]);
  });
});

describe("what a snapshot restores equals what a replay gives (§7)", () => {
  test("for any commands, retries among them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 30 })), { minLength: 60, maxLength: 90 }),
        (all) => {
          const copies = ["whole-log", "snapshots"].map((compaction) => {
            const bench = new Bench(3, { compaction });
            bench.elect("n1");
            for (const [client, seq] of all) bench.ask("n1", append(`k${client}`, seq), `c${client}`, seq);
            for (const name of ["n1", "n2", "n3"]) bench.kill(name);
            for (const name of ["n1", "n2", "n3"]) bench.restart(name);
            bench.electAny("n1");
            return [0, 1, 2, 3].map((client) => bench.copy("n1", `k${client}`));
          });
          expect(copies[1]).toEqual(copies[0]);
        },
      ),
      { numRuns: 10 },
    );
  });
});
