import { describe, expect, it } from "vitest";
import { linearizability, monotonicWrites, sequential, set } from "../../../checkers/index.ts";
import { set as setSpec } from "../../../checkers/specs/index.ts";
import { asSets, ofTexts } from "../../../checkers/text/as-sets.ts";
import { textReadsForwards, textReadsOwnWrites } from "../../../checkers/text/index.ts";
import { textSpec } from "../../../checkers/text/spec.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import { agree, concurrently, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const typed = ({ input }: Operation): number[] => {
  const { id, ids } = (input ?? {}) as { id?: number; ids?: number[] };
  return ids ?? (id === undefined ? [] : [id]);
};
const shown = ({ outcome }: Operation): number[] => (outcome.type === "ok" ? ((outcome.value ?? []) as number[]) : []);

/** Whether a delete that may have happened began before the read was over. */
const mayBeGone = ({ ops }: History, id: number, read: Operation): boolean =>
  ops.some(
    (op) => op.f === "delete" && op.outcome.type !== "fail" && op.callNs <= read.returnNs && typed(op).includes(id),
  );

/** Reads with all that their session did before them. */
const readsAfter = ({ ops }: History): { read: Operation; before: Operation[] }[] =>
  ops
    .filter((op) => op.f === "read" && op.outcome.type === "ok")
    .map((read) => ({
      read,
      before: ops.filter(
        (op) => op.process === read.process && op.index < read.index && op.outcome.type === "ok" && op.key === read.key,
      ),
    }));

function ownWrites(made: History): Opinion {
  const judged = readsAfter(made).filter(({ before }) => before.some(({ f }) => f !== "read"));
  if (judged.length === 0) return "unknown vacuous";
  const holds = judged.every(({ read, before }) =>
    before.every((edit) =>
      edit.f === "insert"
        ? typed(edit).every((id) => shown(read).includes(id) || mayBeGone(made, id, read))
        : edit.f === "read" || typed(edit).every((id) => !shown(read).includes(id)),
    ),
  );
  return holds ? "valid" : "invalid missed-own-write";
}

function forwards(made: History): Opinion {
  const judged = readsAfter(made)
    .map(({ read, before }) => ({ read, before: before.filter((op) => op.f === "read") }))
    .filter(({ before }) => before.some((op) => shown(op).length > 0));
  if (judged.length === 0) return "unknown vacuous";
  const holds = judged.every(({ read, before }) => {
    const now = shown(read);
    const stays = before.every((op) => shown(op).every((id) => now.includes(id) || mayBeGone(made, id, read)));
    const comesBack = before.some((op, i) =>
      shown(op).some((id) => now.includes(id) && before.slice(i + 1).some((later) => !shown(later).includes(id))),
    );
    const inOrder = before.every((op) => {
      const common = shown(op).filter((id) => now.includes(id));
      return common.join() === now.filter((id) => common.includes(id)).join();
    });
    return stays && !comesBack && inOrder;
  });
  return holds ? "valid" : "invalid non-monotonic-read";
}

/** Users of one text, whose reads are right, or wrong in some way: late, without a character, or with two of them changed. */
function users(random: Random): Sketch[] {
  const wild = random.chance(0.9);
  const states: number[][] = [[]];
  return concurrently(random, { threads: 2, max: 16 }, (i) => {
    const now = [...(states.at(-1) ?? [])];
    const kind = random.below(7);
    if (kind < 2) {
      const ids = random.chance(0.5) ? [i] : [i, i + 100];
      now.splice(random.below(now.length + 1), 0, ...ids);
      states.push(now);
      return { f: "insert", input: { ids } };
    }
    if (kind === 2 && now.length > 0) {
      const id = random.pick(now);
      states.push(now.filter((other) => other !== id));
      return { f: "delete", input: { id } };
    }
    if (!wild) return { f: "read", ok: now };
    const told = [...random.pick(states.slice(-3))];
    if (random.chance(0.2)) told.splice(random.below(told.length + 1), 1);
    return { f: "read", ok: random.chance(0.2) ? random.shuffle(told) : told };
  });
}

describe("sessions on texts (Terry et al., PDIS 1994, §3)", () => {
  it("agree with the definition of read-your-writes", () => {
    agree({
      count: runs(10_000),
      make: users,
      actual: (made) => opinionOf(textReadsOwnWrites(), made),
      expected: ownWrites,
    });
  });

  it("agree with the definition of monotonic reads", () => {
    agree({
      count: runs(10_000),
      make: users,
      actual: (made) => opinionOf(textReadsForwards(), made),
      expected: forwards,
    });
  });

  const read = (call: number, ...ok: number[]): Sketch => ({ p: 0, f: "read", call, ret: call + 1, ok });

  it("say what is wrong", () => {
    const told = (checker: ReturnType<typeof textReadsForwards>, ...sketches: Sketch[]): string => {
      const verdict = checker.check(history(sketches), DEFAULT_BUDGET);
      return verdict.valid === false ? verdict.anomalies[0].explanation : expect.fail("found nothing");
    };
    const edit = (f: string, p = 0): Sketch => ({ p, f, input: { id: 2 }, call: 2, ret: 3 });
    expect(told(textReadsForwards(), read(0, 1, 2), read(4, 2))).toMatch("no longer shows 1, which nobody had deleted");
    expect(told(textReadsForwards(), read(0, 1, 2), read(4, 2, 1))).toMatch("shows 2 before 1, and not behind it");
    expect(told(textReadsForwards(), read(0, 1, 2), edit("delete", 1), read(4, 1), read(6, 1, 2))).toMatch("2 again");
    expect(told(textReadsOwnWrites(), edit("insert"), read(4, 1))).toMatch(/shows the text without 2\.$/);
    expect(told(textReadsOwnWrites(), edit("delete"), read(4, 2))).toMatch(/shows the text with 2\.$/);
  });

  it("are malformed where a text is none, and vacuous where nothing follows", () => {
    for (const checker of [textReadsForwards(), textReadsOwnWrites()]) {
      expect(opinionOf(checker, history([{ ...read(0), f: "move" }]))).toBe("unknown malformed");
      expect(opinionOf(checker, history([read(0, 1)]))).toBe("unknown vacuous");
    }
  });
});

describe("texts as sets", () => {
  it("show what nobody deleted, one character for each insert", () => {
    const edits: Sketch[] = [
      { p: 0, f: "insert", input: { at: 0, ids: [1, 2, 3] }, call: 0, ret: 1 },
      { p: 0, f: "insert", input: { id: 4 }, call: 2, ret: 3 },
      { p: 0, f: "delete", input: { id: 1 }, call: 4, ret: 5 },
      { p: 0, f: "delete", input: { id: 2 }, call: 6, ret: 7, fail: "key-does-not-exist" },
      { p: 0, f: "delete", input: { id: 4 }, call: 8 },
      { p: 1, f: "read", call: 10, ret: 11, ok: [{ id: 3 }, 4, 2, 9] },
    ];
    const { ops } = asSets(history(edits));
    expect(ops.map(({ index, f, input, outcome }) => [index, f, input, outcome])).toEqual([
      [0, "add", 2, { type: "ok", value: null }],
      [5, "read", null, { type: "ok", value: [2, 9] }],
    ]);
  });

  it("are in order where the texts are, by any order of their operations", () => {
    const checkers = [linearizability(setSpec), sequential(setSpec), monotonicWrites("set"), set()].map((one) =>
      ofTexts(one),
    );
    const valid = new Map(checkers.map((checker) => [checker.name, 0]));
    for (let seed = 0; seed < 60; seed++) {
      const made = history(oneAfterTheOther(new Random(seed)));
      for (const checker of checkers) {
        const opinion = opinionOf(checker, made);
        if (opinion === "valid") valid.set(checker.name, (valid.get(checker.name) ?? 0) + 1);
        else expect(opinion).toMatch(/^unknown/);
      }
    }
    expect(Math.min(...valid.values())).toBeGreaterThan(20);
  });
});

/** What users of one text are shown who wait for each other. */
function oneAfterTheOther(random: Random): Sketch[] {
  let state: readonly string[] = textSpec.init();
  return Array.from({ length: 12 }, (_, i): Sketch => {
    const drawn = { p: random.below(3), call: 2 * i, ret: 2 * i + 1 };
    if (random.chance(0.4)) return { ...drawn, f: "read", ok: state.map((id) => JSON.parse(id)) };
    const op = random.chance(0.7)
      ? { f: "insert", input: { at: random.below(4), ids: [`${i}`, `${i}.`] } }
      : { f: "delete", input: { id: state.length > 0 ? JSON.parse(random.pick(state)) : "x" } };
    const next = textSpec.step(state, op, { type: "ok", value: null });
    if (next === undefined) return { ...drawn, ...op, fail: "key-does-not-exist" };
    state = next;
    return { ...drawn, ...op };
  });
}
