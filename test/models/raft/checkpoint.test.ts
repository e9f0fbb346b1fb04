import { expect, test } from "vitest";
import { checkpoints } from "../../../src/models/raft/checkpoint.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";
import { append, Bench, ok, write } from "./bench.ts";

test("a restarted server goes on from its checkpoint, and applies only what came after (§7)", () => {
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

test("a checkpoint of more than the log holds is not used", () => {
  const disk: SimDisk = new SimDisk(true, () => disk.synced());
  const first = checkpoints(disk, 0);
  first.store.apply("c0", 1, write("x", 1));
  first.applied(2000);
  expect(checkpoints(disk, 2000)).toMatchObject({ index: 2000 });
  expect(checkpoints(disk, 2000).store.read("x")).toBe(1);
  expect(checkpoints(disk, 1999)).toMatchObject({ index: 0 });
  expect(checkpoints(disk, 1999).store.read("x")).toBe(null);
});
