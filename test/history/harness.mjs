// A harness as plain JavaScript, so that a test can start it as a process of its own and kill it:
// `node harness.mjs <compiled recorder.js> <history.jsonl> busy|burst|large`. It says on standard output what it
// recorded, and when: for each completion its index and `Date.now()`.
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [, , compiled, path, mode] = process.argv;
const { Recorder } = await import(pathToFileURL(compiled).href);
const recorder = new Recorder({ system: "harness" }, path);
const nowNs = () => Math.round(performance.now() * 1e6);

const perform = () => {
  const index = recorder.invoke({ f: "write", input: "x".repeat(50), process: 0, node: "n1", atNs: nowNs() });
  recorder.complete(index, { type: "ok", value: null }, nowNs());
  writeSync(1, `${index} ${Date.now()}\n`);
};

if (mode === "busy") {
  for (;;) {
    perform();
    await sleep(1);
  }
}
if (mode === "burst") {
  for (let i = 0; i < 500; i++) perform();
  await sleep(60_000);
}
if (mode === "large") {
  try {
    for (;;) {
      perform();
      // Long enough for what waits to be written in the background, where nobody catches a failure.
      await sleep(50);
    }
  } catch (error) {
    writeSync(1, `${error.name}: ${error.message}\n`);
  }
}
