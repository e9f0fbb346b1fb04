import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spread } from "../../src/parallel/index.ts";

let folder: string;
let entry: URL;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "splitbrain-pool-"));
  const file = join(folder, "worker.mjs");
  writeFileSync(
    file,
    `import { parentPort } from "node:worker_threads";
     parentPort.on("message", async (task) => {
       if (task === "throw") throw new Error("broke at it");
       if (task === "exit") process.exit(3);
       if (task === "hang") return;
       await new Promise((resolve) => setTimeout(resolve, task));
       parentPort.postMessage(2 * task);
     });`,
  );
  entry = pathToFileURL(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("spread", () => {
  it.each([1, 2, 5])("gives results in the order of the tasks, whoever is done first: %i jobs", async (jobs) => {
    const done: number[] = [];
    const onDone = (_: number, count: number): void => void done.push(count);
    expect(await spread(entry, [40, 1, 20, 3], { jobs, onDone })).toEqual([80, 2, 40, 6]);
    expect(done).toEqual([1, 2, 3, 4]);
  });

  it("has nothing to do for no tasks", async () => {
    expect(await spread(entry, [], { jobs: 2 })).toEqual([]);
  });

  it("rejects with what a thread failed of, and waits for no other", async () => {
    await expect(spread(entry, ["hang", "throw"], { jobs: 2 })).rejects.toThrow("broke at it");
    await expect(spread(entry, ["hang", "exit"], { jobs: 2 })).rejects.toThrow("ended by itself with code 3");
  });

  it("ends when it is told to", async () => {
    const controller = new AbortController();
    const running = spread(entry, ["hang"], { jobs: 1, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await expect(spread(entry, [1], { jobs: 1, signal: controller.signal })).rejects.toThrow("enough");
  });
});
