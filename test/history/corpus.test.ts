import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { History } from "../../src/core/history.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { parseEdn } from "../../src/history/edn.ts";
import { JepsenDecoder } from "../../src/history/jepsen.ts";
import { encodeHistory } from "../../src/history/jsonl.ts";
import { JsonlDecoder } from "../../src/history/jsonl-decoder.ts";
import { readHistory } from "../../src/history/read.ts";

/** Histories that nobody here made; they lie beside the project, not in it. */
const CORPUS = resolve(import.meta.dirname, "../../../shared/corpus");
const isThere = existsSync(CORPUS);
if (!isThere) console.warn(`skipped: real histories, for there is no ${CORPUS}`);

const verdicts = (folder: string): Record<string, JsonObject> =>
  isThere ? JSON.parse(readFileSync(join(CORPUS, folder, "verdicts.json"), "utf8")) : {};

const files = (folder: string, suffix = ".edn"): string[] =>
  isThere ? readdirSync(join(CORPUS, folder)).filter((name) => name.endsWith(suffix)) : [];

const read = (folder: string, file: string): Promise<History> => readHistory(join(CORPUS, folder, file));

/** What is read can be written as our own format, and read again. */
function expectRoundTrip(history: History): void {
  const decoder = new JsonlDecoder();
  for (const line of encodeHistory(history)) decoder.push(`${line}\n`);
  const { ops, faults } = decoder.end();
  expect({ ops, faults }).toEqual({ ops: history.ops, faults: history.faults });
}

describe.runIf(isThere)("real histories", () => {
  it.each(Object.entries(verdicts("porcupine")))("porcupine/%s: as many operations as known", async (file, known) => {
    const history = await read("porcupine", file);
    const pending = history.ops.filter(({ returnNs }) => returnNs === Infinity);
    expect([history.ops.length, pending.length]).toEqual([known.operations, known.pending]);
    const fs = String(known.spec).startsWith("kv") ? ["get", "put", "append"] : ["read", "write", "cas"];
    for (const { f, key, input } of history.ops) {
      expect(fs).toContain(f);
      expect(typeof key).toBe(fs[0] === "get" ? "string" : "undefined");
      if (f === fs[0]) expect(input).toBeNull();
    }
    expectRoundTrip(history);
  });

  it.each(files("causal"))("causal/%s: reads and writes of keys x, y, z", async (file) => {
    const history = await read("causal", file);
    expect(history.ops.length).toBe(
      readFileSync(join(CORPUS, "causal", file), "utf8")
        .trim()
        .split("\n").length,
    );
    for (const { f, key, input, outcome } of history.ops) {
      expect(["x", "y", "z"]).toContain(key);
      expect([input, outcome].map((value) => typeof value)).toEqual(
        ["object", "object"].with(0, f === "read" ? "object" : "number"),
      );
      expect(outcome).toEqual({ type: "ok", value: f === "read" ? expect.any(Number) : null });
    }
    expectRoundTrip(history);
  });

  it.each(files("jepsen"))("jepsen/%s: every event of a client", async (file) => {
    const history = await read("jepsen", file);
    const text = readFileSync(join(CORPUS, "jepsen", file), "utf8");
    expect(history.ops.length).toBe(text.match(/:type\s+:invoke/g)?.length);
    const completions = text.match(/:type\s+:(ok|fail)/g)?.length;
    expect(history.ops.filter(({ outcome }) => outcome.type !== "info").length).toBe(completions);
    expect(new Set(history.ops.map(({ key }) => key))).toEqual(new Set([undefined]));
    expectRoundTrip(history);
  });

  it("elle/cases.edn: 19 small histories, each in a map of its own", () => {
    const cases = parseEdn(readFileSync(join(CORPUS, "elle", "cases.edn"), "utf8")) as JsonObject[];
    expect(cases.length).toBe((verdicts("elle") as unknown as unknown[]).length);
    for (const { history: events } of cases) {
      const decoder = new JepsenDecoder();
      for (const event of events as JsonObject[]) decoder.add(event, 1);
      const history = decoder.end();
      expect(history.ops.length).toBeGreaterThan(0);
      expect(new Set(history.ops.map(({ f }) => f))).toEqual(new Set(["txn"]));
      expectRoundTrip(history);
    }
  });

  it("elle/cases.edn as a file is no history, and says what to do", async () => {
    await expect(read("elle", "cases.edn")).rejects.toThrow(
      "cases.edn:1: this map holds a whole test; give what stands under its :history in a file of its own",
    );
  });
});
