import { describe, expect, it } from "vitest";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import { did } from "../../../checkers/linearizability/words.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import { type Anomaly, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";

/** What is told of operations one after the other; the `i`-th is issued by process `i`, or by the one that is given. */
function told(name: string, ...lines: readonly (readonly [f: string, input: Json, ok?: Json, p?: number])[]): Anomaly {
  const sketches = lines.map(
    ([f, input, ok, p], i): Sketch => ({
      p: p ?? i,
      f,
      key: "x",
      input,
      ok: ok ?? null,
      call: 10 * i,
      ret: 10 * i + 5,
    }),
  );
  const verdict = linearizability(SPECS[name] as Spec).check(history(sketches), DEFAULT_BUDGET);
  if (verdict.valid !== false) throw new Error(`expected a violation, not ${JSON.stringify(verdict)}`);
  return verdict.anomalies[0];
}

describe("what is wrong is told in plain words", () => {
  it("of a queue whose values were taken out in another order", () => {
    const taken = [["dequeue", null, 5] as const, ["dequeue", null, 4] as const];
    expect(told("fifo-queue", ["enqueue", 4], ["enqueue", 5], ...taken)).toMatchObject({
      kind: "fifo-violation",
      explanation:
        "Process 2 dequeued 5 from x (op 2), although 4 (op 0) was put in before 5 and was not taken out until later (op 3).",
      ops: [0, 1, 2, 3],
    });
    expect(told("stack", ["push", 4], ["push", 5], ["pop", null, 4])).toMatchObject({
      kind: "lifo-violation",
      explanation: "Process 2 popped 4 from x (op 2), although 5 (op 1) was put in after 4 and was not taken out.",
    });
    expect(told("priority-queue", ["insert", 4], ["insert", 5], ["poll", null, 5])).toMatchObject({
      kind: "priority-violation",
      explanation:
        "Process 2 took out the smallest, 5, from x (op 2), although 4 (op 0) is smaller, was put in before and was not taken out.",
    });
  });

  it("of a queue that was found empty, or held what nobody had put in", () => {
    expect(told("fifo-queue", ["enqueue", 4], ["dequeue", null, null], ["dequeue", null, 4]).explanation).toMatch(
      /^Process 1 found x empty when it tried to dequeue \(op 1\), but by the other operations shown x held 4 at every moment/,
    );
    expect(told("bag", ["enqueue", 4], ["dequeue", null, 5]).explanation).toMatch(
      /^Process 1 dequeued 5 from x \(op 1\), but/,
    );
  });

  it("of a set", () => {
    expect(told("set", ["add", 1, true], ["remove", 1, true], ["contains", 1, true]).explanation).toMatch(
      /^Process 2 saw that 1 was in x \(op 2\), but by the other operations shown x was empty at every moment/,
    );
    expect(told("set", ["add", 1, true], ["add", 1, true]).explanation).toMatch(
      /^Process 1 added 1 to x, where it was not yet \(op 1\), but .* x held 1 at every moment/,
    );
  });

  it("of a lock", () => {
    expect(told("mutex", ["acquire", null], ["acquire", null]).explanation).toMatch(
      /^Process 1 acquired x \(op 1\), but by the other operations shown x was held by process 0 at every moment/,
    );
    expect(told("mutex", ["release", "a"]).explanation).toMatch(/^Process 0 released x for "a" \(op 0\), but nothing/);
    expect(told("fenced-lock", ["acquire", "a", 3], ["release", "a"], ["acquire", "b", 3]).explanation).toMatch(
      /^Process 2 acquired x for "b" with token 3 \(op 2\), but .* x was free, the last token being 3 at every moment/,
    );
  });

  it("of a counter, a log, a bank and identifiers", () => {
    expect(told("counter", ["increment", null], ["decrement", 3], ["read", null, 1]).explanation).toMatch(
      /^Process 2 read x = 1 \(op 2\), but by the other operations shown x was -2 at every moment/,
    );
    expect(told("log", ["send", 7, 0], ["send", 8, 0]).explanation).toMatch(
      /^Process 1 appended 8 to x at offset 0 \(op 1\), but by the other operations shown x held 7 at every moment/,
    );
    expect(told("bank", ["transfer", { from: 1, to: 0, amount: 5 }]).explanation).toMatch(
      /^Process 0 transferred 5 from 1 to 0 \(op 0\), but nothing/,
    );
    expect(told("unique-ids", ["generate", null, 7], ["generate", null, 7]).explanation).toMatch(
      /^Process 1 got the identifier 7 \(op 1\), but by the other operations shown used already were 7 at every moment/,
    );
  });

  it("leaves no function of a specification without words of its own", () => {
    for (const spec of Object.values(SPECS))
      for (const f of Object.keys(spec.functions)) {
        const op = { index: 0, process: 0, node: "", f, input: 1, callNs: 0, returnNs: 1 };
        for (const outcome of [
          { type: "ok", value: 2 },
          { type: "info", error: { name: "timeout" } },
        ] as const)
          expect(did({ ...op, outcome })).not.toMatch(/^did (?!the transaction)/);
      }
  });
});
