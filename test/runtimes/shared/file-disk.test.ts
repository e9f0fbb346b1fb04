import { appendFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { FileDisk } from "../../../src/runtimes/shared/node/file-disk.ts";
import { temporaryFolder } from "../../conformance/worlds.ts";

type Step =
  | { readonly do: "write"; readonly name: string; readonly value: Json }
  | { readonly do: "append"; readonly name: string; readonly value: Json }
  | { readonly do: "truncate"; readonly name: string; readonly length: number }
  | { readonly do: "sync" }
  | { readonly do: "crash" };

const name = fc.constantFrom("a", "b/c d", "ü.log.jsonl", "..");
const value = fc.oneof(fc.integer(), fc.string(), fc.constant("line\nbreak"), fc.constant({ a: [null, "é"] }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("write" as const), name, value }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("append" as const), name, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("truncate" as const), name, length: fc.nat({ max: 6 }) }) },
  { weight: 2, arbitrary: fc.constant({ do: "sync" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "crash" as const }) },
);

/** A disk as the contract has it, in two plain objects. */
interface Contents {
  readonly cells: Record<string, Json>;
  readonly logs: Record<string, Json[]>;
}

const NAMES = ["a", "b/c d", "ü.log.jsonl", ".."];
const contentsOf = (disk: FileDisk): Contents => ({
  cells: Object.fromEntries(
    NAMES.flatMap((cell) => (disk.read(cell) === undefined ? [] : [[cell, disk.read(cell) as Json]])),
  ),
  logs: Object.fromEntries(NAMES.flatMap((log) => (disk.records(log).length ? [[log, [...disk.records(log)]]] : []))),
});
const withoutEmpty = ({ cells, logs }: Contents): Contents => ({
  cells,
  logs: Object.fromEntries(Object.entries(logs).filter(([, records]) => records.length > 0)),
});

describe("a disk in a folder", () => {
  it("reads back all that was changed, and after a crash all that was synced", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const folder = temporaryFolder();
        let disk = new FileDisk(folder);
        let now: Contents = { cells: {}, logs: {} };
        let durable = structuredClone(now);
        for (const change of steps) {
          if (change.do === "write") {
            disk.write(change.name, change.value);
            now.cells[change.name] = change.value;
          } else if (change.do === "append") {
            disk.append(change.name, change.value);
            now.logs[change.name] = [...(now.logs[change.name] ?? []), change.value];
          } else if (change.do === "truncate") {
            disk.truncate(change.name, change.length);
            now.logs[change.name] = (now.logs[change.name] ?? []).slice(0, change.length);
          } else if (change.do === "sync") {
            disk.sync();
            disk.flush();
            durable = structuredClone(now);
          } else {
            disk.close();
            disk = new FileDisk(folder);
            now = structuredClone(durable);
          }
          expect(contentsOf(disk)).toEqual(withoutEmpty(now));
        }
        disk.close();
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 40 },
    );
  });

  it("writes what was there when the sync was asked for, and nothing that came after", () => {
    const folder = temporaryFolder();
    const disk = new FileDisk(folder);
    disk.append("log", 1);
    disk.sync();
    disk.append("log", 2);
    disk.write("cell", 3);
    expect(disk.syncsAsked).toBe(1);
    disk.flush();
    expect(disk.syncsAsked).toBe(0);
    const reborn = new FileDisk(folder);
    expect(reborn.records("log")).toEqual([1]);
    expect(reborn.read("cell")).toBeUndefined();
    expect(disk.records("log")).toEqual([1, 2]);
    disk.sync();
    disk.flush();
    expect(new FileDisk(folder).records("log")).toEqual([1, 2]);
  });

  it("does without a torn last line and an unfinished cell", () => {
    const folder = temporaryFolder();
    const disk = new FileDisk(folder);
    for (const record of ["one", "two"]) disk.append("log", record);
    disk.write("cell", "old");
    disk.sync();
    disk.flush();
    const log = join(folder, readdirSync(folder).find((file) => file.endsWith(".log.jsonl")) ?? "");
    appendFileSync(log, '"thr');
    writeFileSync(join(folder, "cell.cell.json.next"), '"ne');
    const reborn = new FileDisk(folder);
    expect(reborn.records("log")).toEqual(["one", "two"]);
    expect(reborn.read("cell")).toBe("old");
    reborn.append("log", "three");
    reborn.sync();
    reborn.flush();
    expect(new FileDisk(folder).records("log")).toEqual(["one", "two", "three"]);
    // Torn in the middle of the second record.
    truncateSync(log, '"one"\n"tw'.length);
    expect(new FileDisk(folder).records("log")).toEqual(["one"]);
  });

  it("refuses a folder that is damaged otherwise, and says where", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "log.log.jsonl"), "1\nx\n3\n");
    expect(() => new FileDisk(folder)).toThrow(/log\.log\.jsonl, line 2 is damaged/);
    const other = temporaryFolder();
    writeFileSync(join(other, "cell.cell.json"), "");
    expect(() => new FileDisk(other)).toThrow(/cell\.cell\.json is damaged/);
  });

  it("refuses a length that is none", () => {
    const disk = new FileDisk(temporaryFolder());
    expect(() => disk.truncate("log", -1)).toThrow(RangeError);
    expect(() => disk.truncate("log", 0.5)).toThrow(RangeError);
  });
});
