import { describe, expect, it } from "vitest";
import { text } from "../../../checkers/text/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History, HistoryMeta } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { agree, concurrently, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

let processes = 0;
const insert = (id: Json, call: number, end: Partial<Sketch> = { ret: call + 1 }): Sketch => ({
  p: processes++,
  f: "insert",
  input: { id, char: "a" },
  call,
  ...end,
});
const remove = (id: Json, call: number, end: Partial<Sketch> = { ret: call + 1 }): Sketch => ({
  p: processes++,
  f: "delete",
  input: { id },
  call,
  ...end,
});
const final = (node: string, ok: Json, call: number): Sketch => ({
  p: processes++,
  f: "read",
  node,
  call,
  ret: call + 1,
  ok,
  final: true,
});
const ending = (...texts: Json[]): Sketch[] => texts.map((ok, i) => final(`n${i + 1}`, ok, 100 + 2 * i));
const check = (sketches: readonly Sketch[], meta: Partial<HistoryMeta> = {}): Verdict =>
  text().check(history(sketches, meta), DEFAULT_BUDGET);

/** What the definition says of the final texts, one demand at a time. */
function expected({ ops }: History): Opinion {
  const texts = ops.flatMap(({ final, outcome }) =>
    final && outcome.type === "ok" ? [outcome.value as number[]] : [],
  );
  if (texts.length < 2) return "unknown vacuous";
  const typed = ({ input }: Operation) => {
    const { id, ids } = input as { id?: number; ids?: number[] };
    return ids ?? (id === undefined ? [] : [id]);
  };
  const edits = (f: string, type?: string) =>
    ops.filter((op) => op.f === f && op.outcome.type !== "fail" && (type === undefined || op.outcome.type === type));
  const done = (f: string, type?: string) => edits(f, type).flatMap(typed);
  const found: string[] = [];
  if (texts.some((one) => texts.some((other) => JSON.stringify(one) !== JSON.stringify(other))))
    found.push("divergence");
  if (done("insert", "ok").some((id) => !done("delete").includes(id) && texts.every((one) => !one.includes(id))))
    found.push("lost-insert");
  if (done("delete", "ok").some((id) => texts.every((one) => one.includes(id)))) found.push("resurrected-character");
  if (texts.some((one) => one.some((id) => !done("insert").includes(id)))) found.push("unexpected-character");
  if (texts.some((one) => new Set(one).size < one.length)) found.push("duplicate-character");
  const deleted = done("delete");
  for (const run of edits("insert").map(typed))
    for (const one of texts) {
      const left = run.filter((id) => one.includes(id) || !deleted.includes(id));
      const there = [...new Set(one)].filter((id) => run.includes(id));
      if (there.length > 0 && left.some((id) => !one.includes(id))) found.push("torn-insert");
      // Of a character that is there twice the last place counts.
      const last = one.filter((id, i) => run.includes(id) && one.lastIndexOf(id) === i);
      if (last.join() !== run.filter((id) => one.includes(id)).join()) found.push("turned-insert");
    }
  if (found.length > 0) return invalid(found);
  return done("insert", "ok").length + done("delete", "ok").length > 0 ? "valid" : "unknown vacuous";
}

describe("text convergence (Attiya et al., PODC 2016)", () => {
  it("holds where all copies have the same text, with all that must be in it", () => {
    const edits = [insert(1, 0), insert(2, 2), insert(3, 4, {}), remove(1, 6), remove(2, 8, {})];
    expect(check([...edits, ...ending([2, 3], [2, 3])])).toEqual({ valid: true, checked: 3 });
    expect(check([...edits, ...ending([], null)])).toEqual({ valid: true, checked: 3 });
    expect(check([insert("1.a", 0), ...ending([{ id: "1.a", char: "x" }], ["1.a"])])).toEqual({
      valid: true,
      checked: 1,
    });
  });

  it("is broken by copies that differ, in their characters or their order", () => {
    const edits = [insert(1, 0), insert(2, 2), insert(3, 4)];
    const verdict = check([...edits, ...ending([1, 2, 3], [1, 3])]);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 3,
      anomalies: [{ kind: "divergence", rulesOut: ["eventual"], ops: [3, 4] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(/differ on n1 and n2: n2 lacks 2\.$/);
    const turned = check([...edits, ...ending([1, 2, 3], [1, 2, 3], [1, 3, 2])]);
    expect(turned.valid === false && turned.anomalies[0].explanation).toMatch(
      /differ on n1 and n3: from position 1 on the order differs, n1 has 2, 3 and n3 3, 2/,
    );
  });

  it("is broken by an insert that is gone, a deleted character that is back, one that is there twice or was never inserted", () => {
    expect(check([insert(1, 0), insert(2, 2), ...ending([2], [2])])).toMatchObject({
      anomalies: [{ kind: "lost-insert", rulesOut: ["durable"], ops: [0, 2, 3] }],
    });
    expect(check([insert(1, 0), remove(1, 2), ...ending([1], [1])])).toMatchObject({
      anomalies: [{ kind: "resurrected-character", rulesOut: ["durable"], ops: [1, 2, 3] }],
    });
    expect(check([insert(1, 0), ...ending([1, 1], [1, 1])])).toMatchObject({
      anomalies: [{ kind: "duplicate-character", rulesOut: ["causal-cc", "pram"] }, { kind: "duplicate-character" }],
    });
    expect(check([insert(1, 0, { ret: 1, fail: "abort" }), ...ending([1], [1])])).toMatchObject({
      anomalies: [{ kind: "unexpected-character" }, {}],
    });
  });

  it("is broken by an insert of several characters that is torn or turned, but not by one that others write into", () => {
    const run = { ...insert(null, 0), input: { ids: [1, 2, 3] } };
    const edits = [run, insert(4, 2), remove(2, 4)];
    expect(check([...edits, ...ending([1, 4, 3], [1, 4, 3])])).toMatchObject({ valid: true });
    expect(check([...edits.slice(0, 2), ...ending([4, 1, 2, 3], [4, 1, 2, 3])])).toMatchObject({ valid: true });
    const kinds = (edit: Sketch, ...kept: number[]): Opinion =>
      opinionOf(text(), history([edit, ...edits.slice(1), ...ending(kept, kept)]));
    expect(kinds(run, 4, 1)).toBe("invalid lost-insert torn-insert");
    expect(kinds(run, 3, 4, 1)).toBe("invalid turned-insert");
    const { ret: _, ...unknown } = run;
    expect(kinds(unknown, 4, 3)).toBe("invalid torn-insert");
    expect(kinds(unknown, 4)).toBe("valid");
    expect(check([run, ...edits.slice(1), ...ending([4, 3, 1], [4, 3, 1])])).toMatchObject({
      anomalies: [{ rulesOut: ["causal-cc", "pram"], ops: [0, 3] }, { ops: [0, 4] }],
    });
  });

  it("is not judged by one copy, a minority, or while it was being edited", () => {
    const vacuous = { valid: "unknown", why: "vacuous" };
    expect(check([insert(1, 0), final("n1", [], 10)])).toMatchObject(vacuous);
    expect(check([insert(1, 0), ...ending([], [])], { nodes: ["n1", "n2", "n3", "n4"] })).toMatchObject(vacuous);
    expect(check([insert(1, 0), insert(2, 101), ...ending([], [])])).toMatchObject(vacuous);
    expect(check([insert(1, 0, {}), ...ending([], [])])).toMatchObject(vacuous);
  });

  it("is malformed where identifiers are missing or used twice, or a text is none", () => {
    for (const edits of [
      [insert(1, 0), insert(1, 2)],
      [insert(null, 0)],
      [remove(null, 0)],
      [{ ...insert(1, 0), f: "move" }],
      [{ ...insert(1, 0), input: { ids: [1, 2, 1] } }],
      [{ ...insert(1, 0), input: { ids: 1 } }, insert(1, 2)],
    ])
      expect(check([...edits, ...ending([], [])])).toMatchObject({ valid: "unknown", why: "malformed" });
    expect(check([insert(1, 0), ...ending("abc", "abc")])).toMatchObject({ why: "malformed" });
  });

  it("agrees with its definition", () => {
    agree({
      count: runs(20_000),
      make: (random) => {
        const shown: number[] = [];
        const wild = random.chance(0.5);
        const edits = concurrently(random, { threads: 3, max: 7 }, (i) => {
          if (i === 0 || random.chance(0.6)) {
            const ids = random.chance(0.5) ? [i] : [i, i + 100, i + 200];
            if (random.chance(0.9)) shown.splice(random.below(shown.length + 1), 0, ...ids);
            return { f: "insert", input: ids.length > 1 ? { ids } : { id: i } };
          }
          const id = random.below(i) + (random.chance(0.3) ? 100 : 0);
          if (random.chance(0.9)) shown.splice(0, shown.length, ...shown.filter((other) => other !== id));
          return { f: "delete", input: { id } };
        });
        const endNs = Math.max(...edits.map(({ call, ret = 0 }) => Math.max(call, ret)));
        const copy = (): number[] =>
          wild ? random.shuffle(shown).concat(random.chance(0.2) ? [random.below(8)] : []) : shown;
        const one = copy();
        const finals = [1, 2, 3]
          .slice(random.below(5) === 0 ? 2 : 0)
          .map((node) => final(`n${node}`, wild && random.chance(0.3) ? copy() : one, endNs + 2 * node));
        return [...edits, ...finals.map((read, i) => ({ ...read, p: 900 + i }))];
      },
      actual: (made) => opinionOf(text(), made),
      expected,
    });
  });
});
