import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Fault } from "../../src/core/fault.ts";
import type { History } from "../../src/core/history.ts";
import { encodeHistory } from "../../src/history/jsonl.ts";
import { readHistory } from "../../src/history/read.ts";
import { Recorder } from "../../src/history/recorder.ts";
import { outcome as outcomes } from "./arbitraries.ts";

const dir = mkdtempSync(join(tmpdir(), "splitbrain-recorder-"));
afterAll(() => rmSync(dir, { recursive: true }));

let files = 0;
const newFile = (): string => join(dir, `history-${files++}.jsonl`);

const read = { f: "read", input: null, process: 0, node: "n1" } as const;
const pause: Fault = { kind: "pause", nodes: ["n1"] };

/** What a harness does, as a list of steps; a step that is not possible at its point is left out. */
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("invoke" as const), process: fc.nat({ max: 4 }), gapNs: fc.nat({ max: 2 }) }),
    fc.record({
      do: fc.constant("complete" as const),
      process: fc.nat({ max: 4 }),
      outcome: outcomes,
      gapNs: fc.nat({ max: 2 }),
    }),
    fc.record({
      do: fc.constant("fault" as const),
      proof: fc.option(fc.string(), { nil: undefined }),
      gapNs: fc.nat({ max: 2 }),
    }),
    fc.record({ do: fc.constant("heal" as const), gapNs: fc.nat({ max: 2 }) }),
  ),
  { maxLength: 30 },
);
type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never;

function perform(recorder: Recorder, script: Steps): void {
  const open = new Map<number, number>();
  const spent = new Set<number>();
  const faults: number[] = [];
  let nowNs = 0;
  for (const step of script) {
    nowNs += step.gapNs;
    if (step.do === "fault") faults.push(recorder.faultStarted(pause, nowNs, step.proof));
    else if (step.do === "heal") {
      const id = faults.pop();
      if (id !== undefined) recorder.faultEnded(id, nowNs);
    } else if (step.do === "invoke") {
      if (open.has(step.process) || spent.has(step.process)) continue;
      open.set(step.process, recorder.invoke({ ...read, process: step.process, atNs: nowNs }));
    } else {
      const index = open.get(step.process);
      if (index === undefined) continue;
      recorder.complete(index, step.outcome, nowNs);
      open.delete(step.process);
      if (step.outcome.type === "info") spent.add(step.process);
    }
  }
}

describe("Recorder", () => {
  it("leaves a file that reads as what it has in memory, ended or cut", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (script, ends) => {
        const path = newFile();
        const recorder = new Recorder({ seed: 1, nodes: ["n1"] }, path);
        perform(recorder, script);
        if (ends) recorder.end(1_000);
        else recorder.close();
        expect(await readHistory(path)).toEqual(recorder.history());
      }),
      { numRuns: 100 },
    );
  });

  it("needs no file, and then records the same", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const inMemory = new Recorder({});
        perform(inMemory, script);
        const path = newFile();
        const onDisk = new Recorder({}, path);
        perform(onDisk, script);
        onDisk.close();
        expect(inMemory.history()).toEqual(onDisk.history());
      }),
      { numRuns: 30 },
    );
  });

  it("never gives two events the same instant, so that their order is kept", () => {
    const recorder = new Recorder({});
    const first = recorder.invoke({ ...read, atNs: 100 });
    recorder.complete(first, { type: "ok", value: 1 }, 100);
    recorder.invoke({ ...read, process: 1, atNs: 100 });
    const { ops } = recorder.history();
    expect(ops.map(({ callNs, returnNs }) => [callNs, returnNs])).toEqual([
      [100, 101],
      [102, Infinity],
    ]);
  });

  it("gives a history that later events do not change", () => {
    const recorder = new Recorder({});
    const index = recorder.invoke({ ...read, atNs: 1 });
    const id = recorder.faultStarted(pause, 2);
    const before: History = recorder.history();
    const bytes = [...encodeHistory(before)];
    recorder.complete(index, { type: "ok", value: 3 }, 3);
    recorder.faultEnded(id, 4);
    recorder.end(5);
    expect([...encodeHistory(before)]).toEqual(bytes);
    expect(before.ops[0]?.outcome).toMatchObject({ type: "info", error: { name: "unfinished" } });
    expect(before.meta.complete).toBe(false);
    expect(recorder.history().meta.complete).toBe(true);
  });

  it("writes down what showed that a fault was in force", async () => {
    const path = newFile();
    const recorder = new Recorder({}, path);
    recorder.faultStarted(pause, 1, "n1 frozen");
    recorder.faultEnded(recorder.faultStarted(pause, 2), 3);
    recorder.end(4);
    const faults = [
      { value: pause, startNs: 1, endNs: Infinity, proof: "n1 frozen" },
      { value: pause, startNs: 2, endNs: 3 },
    ];
    expect(recorder.history().faults).toStrictEqual(faults);
    expect((await readHistory(path)).faults).toStrictEqual(faults);
    expect(readFileSync(path, "utf8").match(/"proof":"[^"]*"/g)).toEqual(['"proof":"n1 frozen"']);
  });

  it("counts how far the run has come", () => {
    const recorder = new Recorder({});
    for (let process = 0; process < 4; process++) recorder.invoke({ ...read, process, atNs: process });
    recorder.complete(0, { type: "ok", value: null }, 10);
    recorder.complete(1, { type: "fail", error: { name: "abort" } }, 11);
    recorder.complete(2, { type: "info", error: { name: "timeout" } }, 12);
    const id = recorder.faultStarted(pause, 13);
    expect(recorder.progress()).toEqual({ ok: 1, fail: 1, info: 1, open: 1, faults: [pause] });
    recorder.faultEnded(id, 14);
    expect(recorder.progress().faults).toEqual([]);
  });

  it("puts the first line and every later one on disk without waiting for the end", async () => {
    const path = newFile();
    const recorder = new Recorder({ system: "raft" }, path);
    expect(readFileSync(path, "utf8")).toBe('{"type":"run","version":1,"system":"raft"}\n');
    const index = recorder.invoke({ ...read, atNs: 1 });
    recorder.complete(index, { type: "ok", value: "☃" }, 2);
    await expect
      .poll(() => readFileSync(path, "utf8").split("\n").at(-2), { timeout: 5_000, interval: 5 })
      .toBe('{"type":"ok","index":0,"value":"☃","atNs":2}');
    recorder.close();
  });

  it("refuses what a harness must not do", () => {
    const recorder = new Recorder({});
    const index = recorder.invoke({ ...read, atNs: 1 });
    expect(() => recorder.invoke({ ...read, atNs: 2 })).toThrow(
      "process 0 invokes read while its operation 0 has not completed",
    );
    expect(() => recorder.complete(7, { type: "ok", value: 1 }, 2)).toThrow("operation 7 was never invoked");
    recorder.complete(index, { type: "info", error: { name: "timeout" } }, 3);
    expect(() => recorder.complete(index, { type: "ok", value: 1 }, 4)).toThrow(
      "operation 0 has completed before, with info",
    );
    expect(() => recorder.invoke({ ...read, atNs: 5 })).toThrow(
      "process 0 invokes read after its operation 0 ended unknown; open a new process",
    );
    expect(() => recorder.faultEnded(0, 5)).toThrow("fault 0 was never started");
    expect(() => recorder.faultStarted(pause, 0.5)).toThrow("an instant must be integer nanoseconds, found 0.5");
    recorder.end(6);
    recorder.end(7);
    expect(() => recorder.faultStarted(pause, 8)).toThrow("the run has ended; nothing more can be recorded");
  });

  it("says what to do when the file cannot be made", () => {
    const path = join(dir, "missing", "history.jsonl");
    expect(() => new Recorder({}, path)).toThrow(
      `cannot write ${path}: no such file or directory; check the path (ENOENT)`,
    );
    expect(() => new Recorder({}, dir)).toThrow(
      `cannot write ${dir}: it is a directory where a file is needed; check the path (EISDIR)`,
    );
  });
});
