import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verdictJsonSchema } from "../../src/report/json.ts";
import { splitbrain } from "../support/cli.ts";

let cwd = "";
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "splitbrain-check-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function file(name: string, ...lines: readonly string[]): string {
  writeFileSync(join(cwd, name), `${lines.join("\n")}\n`);
  return name;
}
const check = (...args: readonly string[]) => splitbrain(["check", ...args], cwd);

/** Session 1 sees the effect of a write, and later not the write. */
const CAUSES_LOST = ["w(1,2,0,0)", "r(1,2,1,1)", "w(1,1,1,2)", "w(2,1,1,2)", "r(2,1,2,3)", "r(1,2,2,4)"];
const WRITE_SKEW = [
  "{:type :invoke, :process 0, :f :txn, :value [[:r :y nil] [:append :x 1]]}",
  "{:type :invoke, :process 1, :f :txn, :value [[:r :x nil] [:append :y 1]]}",
  "{:type :ok, :process 0, :f :txn, :value [[:r :y []] [:append :x 1]]}",
  "{:type :ok, :process 1, :f :txn, :value [[:r :x []] [:append :y 1]]}",
  "{:type :invoke, :process 0, :f :txn, :value [[:r :x nil] [:r :y nil]]}",
  "{:type :ok, :process 0, :f :txn, :value [[:r :x [1]] [:r :y [1]]]}",
];
const STALE = [
  "{:type :invoke, :process 0, :f :write, :value 1}",
  "{:type :ok, :process 0, :f :write, :value 1}",
  "{:type :invoke, :process 0, :f :write, :value 2}",
  "{:type :ok, :process 0, :f :write, :value 2}",
  "{:type :invoke, :process 1, :f :read, :value nil}",
  "{:type :ok, :process 1, :f :read, :value 1}",
];

describe("check", () => {
  it("tells the strongest models that are possible and the weakest that are refuted", async () => {
    const { exitCode, stdout } = await check(file("stale.edn", ...STALE), "--json");
    expect(exitCode).toBe(1);
    const { bounds, models } = JSON.parse(stdout);
    expect(bounds.refuted).toEqual(["linearizable"]);
    expect(bounds.held).toContain("sequential");
    expect(models.find(({ model }: { model: string }) => model === "linearizable").anomalies[0].kind).toBe(
      "stale-read",
    );
    expect(verdictJsonSchema.required).toContain("bounds");
  });

  it("judges transactions by Elle's EDN: write skew is no serializability, but snapshot isolation", async () => {
    const history = file("skew.edn", ...WRITE_SKEW);
    const { exitCode, stdout } = await check(history);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/write-skew/);
    expect(stdout).toMatch(/txn r y, append x 1/);
    expect((await check(history, "--model", "snapshot-isolation")).exitCode).toBe(0);
    expect((await check(history, "--model", "serializable")).exitCode).toBe(1);
  });

  it("reads the academic text forms, in whose levels sessions count", async () => {
    const plume = file("plume.txt", ...CAUSES_LOST);
    const awdit = file("awdit.txt", "r 1 1", "-----", "w 0 1", "=====", "r 0 1", "-----", "w 1 1");
    for (const [history, model, code] of [
      [plume, "causal-ccv", 1],
      [plume, "causal", 1],
      [plume, "read-committed", 0],
      [awdit, "read-committed", 1],
      [awdit, "read-uncommitted", 0],
    ] as const)
      expect(await check(history, "--model", model), `${history} ${model}`).toMatchObject({ exitCode: code });
  });

  it("takes many files, and the worst decides", async () => {
    const { exitCode, stdout } = await check(
      file("a.edn", ...STALE),
      file(
        "b.edn",
        ...STALE.slice(0, 4),
        "{:type :invoke, :process 1, :f :read, :value nil}",
        "{:type :ok, :process 1, :f :read, :value 2}",
      ),
    );
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/invalid +a\.edn\nvalid +b\.edn\n2 histories: 1 valid, 1 invalid, 0 unknown/);
  });

  it("decides by the algorithm that is asked for", async () => {
    const history = file("stale.edn", ...STALE);
    for (const algorithm of ["search", "register-zones"])
      expect(await check(history, "--algorithm", algorithm), algorithm).toMatchObject({ exitCode: 1 });
    const unknown = await check(history, "--algorithm", "magic");
    expect(unknown).toMatchObject({ exitCode: 254 });
    expect(unknown.stderr).toMatch(/no algorithm for register "magic".*search/);
    const senseless = await check(file("skew.edn", ...WRITE_SKEW), "--algorithm", "search");
    expect(senseless).toMatchObject({ exitCode: 254 });
    expect(senseless.stderr).toMatch(/list-append is not judged for linearizability/);
  });

  it("takes another value for the initial one", async () => {
    const history = file(
      "zero.edn",
      "{:type :ok, :process 0, :f :read, :value 0}",
      "{:type :ok, :process 0, :f :write, :value 1}",
      "{:type :ok, :process 0, :f :read, :value 1}",
    );
    expect((await check(history, "--model", "sequential")).exitCode).toBe(1);
    expect((await check(history, "--model", "sequential", "--initial", "0")).exitCode).toBe(0);
    expect(await check(history, "--initial", "{")).toMatchObject({ exitCode: 254 });
  });

  it("a model that no checker can speak about is unknown", async () => {
    const { exitCode, stdout } = await check(file("stale.edn", ...STALE), "--model", "eventual,serializable");
    expect(exitCode).toBe(2);
    expect(stdout).not.toMatch(/held/);
  });

  it("judges availability where it is asked for", async () => {
    const history = file(
      "slow.edn",
      ...STALE,
      "{:type :invoke, :process 2, :f :read, :value nil}",
      "{:type :info, :process 2, :f :read, :error :timeout}",
    );
    expect((await check(history, "--model", "available")).exitCode).toBe(1);
  });
});
