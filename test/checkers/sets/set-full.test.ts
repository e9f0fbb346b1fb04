import { describe, expect, it } from "vitest";
import { type SetFullOptions, setFull, setTimeline } from "../../../checkers/sets/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { agree, concurrently, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

let processes = 0;
const add = (input: Json, call: number, end: Partial<Sketch> = { ret: call + 1 }): Sketch => ({
  p: processes++,
  f: "add",
  input,
  call,
  ...end,
});
const read = (ok: Json, call: number, ret = call + 1): Sketch => ({ p: processes++, f: "read", call, ret, ok });
const final = (ok: Json, call: number): Sketch => ({ ...read(ok, call), final: true });
/** Something that is still being added, so that the last read is no closing read. */
const busy = add(77, 50);
const check = (sketches: readonly Sketch[], options: SetFullOptions = {}): Verdict =>
  setFull(options).check(history(sketches), DEFAULT_BUDGET);
const fates = (sketches: readonly Sketch[]): unknown[] =>
  setTimeline(history(sketches)).elements.map(({ fate, stale, stableLatencyNs, lostLatencyNs }) => [
    fate,
    stale,
    stableLatencyNs ?? lostLatencyNs,
  ]);

const saw = ({ outcome }: Operation): number[] => (outcome.type === "ok" ? (outcome.value as number[]) : []);

/** Element by element, by quantifiers over all reads. */
function expected({ ops }: History, linearizable: boolean): Opinion {
  const reads = ops.filter(({ f, outcome }) => f === "read" && outcome.type === "ok");
  const adds = ops.filter(({ f, outcome }) => f === "add" && outcome.type !== "fail");
  const found: string[] = [];
  if (reads.some((op) => saw(op).some((value) => !adds.some(({ input }) => input === value))))
    found.push("unexpected-element");
  if (reads.some((op) => new Set(saw(op)).size < saw(op).length)) found.push("duplicate-element");
  const last = reads.find((op) =>
    reads.every((other) => other.returnNs < op.returnNs || (other.returnNs === op.returnNs && other.index <= op.index)),
  );
  const isClosing =
    last !== undefined &&
    adds.every((op) => op.callNs < last.callNs && (op.outcome.type === "info" || op.returnNs < last.callNs));
  let known = 0;
  for (const element of new Set(adds.map(({ input }) => input as number))) {
    const mine = adds.filter(({ input }) => input === element);
    const shows = reads.filter((op) => saw(op).includes(element));
    const misses = reads.filter((op) => !saw(op).includes(element));
    if (shows.some((op) => mine.every(({ callNs }) => callNs > op.returnNs))) found.push("future-read");
    // Reads that began when the element was certainly there.
    const after = (op: Operation): boolean =>
      [...mine.filter(({ outcome }) => outcome.type === "ok"), ...shows].some(({ returnNs }) => returnNs < op.callNs);
    const stable = shows.some((op) => misses.every((other) => other.callNs < op.callNs));
    const lost = misses.some((op) => after(op) && shows.every((other) => other.callNs < op.callNs));
    if (stable || lost) known++;
    const isBack = isClosing && last !== undefined && saw(last).includes(element);
    if (lost && !isBack) found.push("lost-element");
    if (linearizable && ((lost && isBack) || (stable && misses.some(after)))) found.push("stale-read");
  }
  if (found.length > 0) return invalid(found);
  return known > 0 ? "valid" : "unknown vacuous";
}

describe("set-full (Jepsen, checker/set-full)", () => {
  it("says nothing of elements that nobody read after they were there", () => {
    for (const some of [[], [add(0, 0)], [add(0, 0, {}), read([], 5)], [add(0, 0, { ret: 6 }), read([], 5)]])
      expect(check(some)).toMatchObject({ valid: "unknown", why: "vacuous" });
    expect(fates([add(0, 0, {}), read([], 5)])).toEqual([["never-read", false, undefined]]);
  });

  it("calls an element stable that the latest reads show, whatever happened to its add", () => {
    expect(check([add(0, 0), read([0], 2)], { linearizable: true })).toEqual({ valid: true, checked: 1 });
    expect(check([add(0, 0, {}), read([], 2), read([0], 4)], { linearizable: true })).toEqual({
      valid: true,
      checked: 1,
    });
    expect(fates([add(0, 0), read([0], 2)])).toEqual([["stable", false, 0]]);
  });

  it("calls one lost that the latest reads do not show", () => {
    const verdict = check([add(0, 0), read([0], 2), read([], 5)]);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 1,
      anomalies: [{ kind: "lost-element", rulesOut: ["durable"], ops: [0, 2, 1] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /added 0 and that was acknowledged at .* did not find 0; nor was it there at the end\.$/,
    );
    expect(check([add(0, 0), busy, read([], 5)])).toMatchObject({
      anomalies: [{ kind: "lost-element", rulesOut: ["linearizable"] }],
    });
    expect(check([add(0, 0, {}), read([0], 2), read([], 5)])).toMatchObject({
      anomalies: [{ kind: "lost-element", rulesOut: ["linearizable"] }],
    });
    expect(fates([add(0, 0), read([0], 4), read([], 7)])).toEqual([["lost", false, 3]]);
    expect(fates([add(0, 0), read([], 7)])).toEqual([["lost", false, 0]]);
  });

  it("calls one stale that a read missed and later ones show, which only linearizable sets must not", () => {
    const flickering = [add(0, 0), read([0], 2), read([], 5), read([0], 9)];
    expect(check(flickering)).toEqual({ valid: true, checked: 1 });
    expect(check(flickering, { linearizable: true })).toMatchObject({
      anomalies: [{ kind: "stale-read", rulesOut: ["linearizable"], ops: [0, 2, 3] }],
    });
    expect(fates(flickering)).toEqual([["stable", true, 4]]);
  });

  it("lets closing reads decide whether an element is lost", () => {
    expect(check([add(0, 0), read([], 5), final([0], 8)])).toMatchObject({ valid: true });
    expect(check([add(0, 0), read([], 5), final([0], 8)], { linearizable: true })).toMatchObject({
      anomalies: [{ kind: "stale-read" }],
    });
    expect(check([add(0, 0), read([], 5), final([], 8)])).toMatchObject({
      anomalies: [{ kind: "lost-element", rulesOut: ["durable"] }],
    });
  });

  it("finds what was read too early, twice, or never added; leaves out what was removed", () => {
    expect(check([read([0], 0), add(0, 3), read([0], 6)])).toMatchObject({
      anomalies: [{ kind: "future-read", ops: [0, 1] }],
    });
    expect(check([add(0, 0), read([0, 0], 3)])).toMatchObject({ anomalies: [{ kind: "duplicate-element" }] });
    expect(check([read([4], 3)])).toMatchObject({ anomalies: [{ kind: "unexpected-element" }] });
    expect(check([add(0, 0), { p: processes++, f: "remove", input: 0, call: 2 }, read([], 5)])).toMatchObject({
      why: "vacuous",
    });
    expect(check([read("no list", 3)])).toMatchObject({ why: "malformed" });
  });

  it("gives quantiles of the time it took to become stable, or lost", () => {
    const adds = Array.from({ length: 100 }, (_, i) => add(i, 0, { ret: 10 }));
    // Element i is missing from the reads that were called up to 10 + i.
    const reads = Array.from({ length: 101 }, (_, at) =>
      read(
        Array.from({ length: at }, (_, i) => i),
        10 + at,
      ),
    );
    const { stableLatencyNs, lostLatencyNs } = setTimeline(history([...adds, ...reads]));
    expect(stableLatencyNs).toEqual({ min: 0, p50: 50, p95: 95, p99: 99, max: 99 });
    expect(lostLatencyNs).toBeUndefined();
    expect(setTimeline(history([add(0, 0), read([0], 4), read([], 7)])).lostLatencyNs).toMatchObject({
      min: 3,
      max: 3,
    });
    expect(setTimeline(history([add(0, 0, { f: "push" })]))).toEqual({
      elements: [],
      stableLatencyNs: undefined,
      lostLatencyNs: undefined,
    });
  });

  it("agrees with its definition, element by element and read by read", () => {
    for (const linearizable of [false, true])
      agree({
        count: runs(20_000) / 2,
        make: (random) => {
          const added: number[] = [];
          const [missing, wild] = [random.pick([0, 0, 0.1, 0.4]), random.pick([0, 0, 0.03])];
          return concurrently(random, { threads: 3, max: 9 }, (i) => {
            if (random.chance(0.4)) {
              added.push(random.chance(0.9) ? i : random.below(i + 1));
              return { f: "add", input: added.at(-1) ?? 0 };
            }
            const ok = [...new Set(added)].filter(() => !random.chance(missing));
            if (random.chance(wild)) ok.push(random.below(12));
            return { f: "read", ok };
          });
        },
        actual: (made) => opinionOf(setFull({ linearizable }), made),
        expected: (made) => expected(made, linearizable),
      });
  });
});
