import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { crdt } from "../../../src/models/multi-leader/conflicts/crdt.ts";
import { type Data, unionOf } from "../../../src/models/multi-leader/conflicts/data.ts";
import { fww } from "../../../src/models/multi-leader/conflicts/fww.ts";
import { lww } from "../../../src/models/multi-leader/conflicts/lww.ts";
import { higherBid, mergedBy } from "../../../src/models/multi-leader/conflicts/merge.ts";
import { onWrite, type Proposals } from "../../../src/models/multi-leader/conflicts/on-write.ts";
import type { Resolution } from "../../../src/models/multi-leader/conflicts/resolution.ts";
import { union } from "../../../src/models/multi-leader/conflicts/union.ts";
import { versionVectors, withoutDots } from "../../../src/models/multi-leader/conflicts/version-vectors.ts";
import { knows } from "../../../src/models/shared/clocks/siblings.ts";
import { execute, type Made, mergeAll, type Step, steps } from "./runs.ts";

const merge = mergedBy(higherBid);
const hidden = <Copy>(resolution: Resolution<Copy>): Resolution<unknown> => resolution as Resolution<unknown>;
const ALL: Readonly<Record<string, Resolution<unknown>>> = {
  lww: hidden(lww),
  fww: hidden(fww),
  union: hidden(union),
  merge: hidden(merge),
  "on-write": hidden(onWrite),
  "version-vectors": hidden(versionVectors),
  crdt: hidden(crdt),
};

const kinds = fc.constantFrom("write" as const, "add" as const);
const check = (property: (f: "write" | "add", taken: readonly Step[], order: readonly number[]) => void): void =>
  fc.assert(fc.property(kinds, steps, fc.array(fc.nat(), { maxLength: 40 }), property), { numRuns: 40 });

/** Those writes that no other one was made with knowledge of. */
const latest = <Copy>(made: readonly Made<Copy>[]): Made<Copy>[] =>
  made.filter(({ dot }) => !made.some((other) => knows(other.has, dot)));

const sorted = (value: Json): Json => (Array.isArray(value) ? [...value].sort((a, b) => Number(a) - Number(b)) : value);

describe.each(Object.entries(ALL))("%s", (_name, resolution) => {
  it("merges in a semilattice (Shapiro et al. 2011, §2)", () =>
    check((f, taken) => {
      const { nodes, made } = execute(resolution, f, taken);
      const copies = [...[...nodes.values()].map(({ copy }) => copy), ...made.slice(0, 2).map(({ delta }) => delta)];
      const present = copies.filter((copy) => copy !== undefined);
      for (const a of present) {
        const itself = resolution.merge(a, a);
        expect(resolution.merge(itself, a)).toEqual(itself);
        for (const b of present) {
          const both = resolution.merge(a, b);
          expect(resolution.merge(b, a)).toEqual(both);
          expect(resolution.merge(both, b)).toEqual(both);
          for (const c of present)
            expect(resolution.merge(both, c)).toEqual(resolution.merge(a, resolution.merge(b, c)));
        }
      }
    }));

  it("makes equal copies of the same writes, in any order and however often", () =>
    check((f, taken, order) => {
      const { made } = execute(resolution, f, taken);
      const again = order.flatMap((i) => made[i % Math.max(1, made.length)] ?? []);
      const inOtherOrder = [...again, ...made.toReversed()];
      expect(mergeAll(resolution, inOtherOrder)).toEqual(mergeAll(resolution, made));
    }));
});

describe("what is shown", () => {
  it("is, of the last write that wins, the latest wall clock, whoever read what", () =>
    check((_, taken) => {
      const { made, nodes } = execute(lww, "write", taken);
      const order = (a: Made<unknown>, b: Made<unknown>): number =>
        a.wallMs - b.wallMs || (a.dot[0] < b.dot[0] ? -1 : a.dot[0] > b.dot[0] ? 1 : a.dot[1] - b.dot[1]);
      for (const { got, copy } of [...nodes.values(), { got: made, copy: mergeAll(lww, made) }])
        expect(copy === undefined ? undefined : lww.show(copy)).toBe([...got].sort(order).at(-1)?.change.input);
    }));

  it("is, of the first write that wins, the earliest wall clock of those that nobody overwrote", () =>
    check((_, taken) => {
      const { nodes } = execute(fww, "write", taken);
      for (const { got, copy } of nodes.values()) {
        const left = latest(got);
        const first = Math.min(...left.map(({ wallMs }) => wallMs));
        if (copy === undefined) continue;
        const candidates = left.filter(({ wallMs }) => wallMs === first).map(({ change }) => change.input);
        expect(candidates).toContain(fww.show(copy));
      }
    }));

  it("is, of merged values, the highest bid that nobody overwrote", () =>
    check((_, taken) => {
      const { nodes } = execute(merge, "write", taken);
      for (const { got, copy } of nodes.values())
        if (copy !== undefined)
          expect(merge.show(copy)).toBe(Math.max(...latest(got).map(({ change }) => Number(change.input))));
    }));

  it.each(["union", "merge", "version-vectors", "crdt"])("under %s, is every element that was added to a set", (name) =>
    check((_, taken) => {
      const resolution = ALL[name] as Resolution<unknown>;
      const { nodes } = execute(resolution, "add", taken);
      for (const { got, copy } of nodes.values()) {
        // A state and a sibling bring along what their node had added before.
        const shown = copy === undefined ? [] : (resolution.show(copy) as readonly Json[]);
        for (const { change } of got) expect(shown).toContain(change.input);
        expect(new Set(shown).size).toBe(shown.length);
      }
    }),
  );

  it("under union and version vectors, is all that was written to a register and not overwritten, once it is all there", () =>
    check((_, taken) => {
      const { nodes } = execute(union, "write", taken);
      for (const { got, copy } of nodes.values()) {
        const left = latest(got).map(({ change }) => change.input);
        if (copy === undefined) continue;
        expect(sorted(union.showAll?.(copy) ?? null)).toEqual(sorted(left.length === 1 ? (left[0] ?? null) : left));
        expect(left).toContain(union.show(copy));
      }
    }));

  it("misses an element that was added concurrently, if the last or the first write wins, or vectors have no dots", () => {
    const at = (what: Step["what"], node: string, from: string, client = 0, wallMs = 0): Step => ({
      what,
      node,
      from,
      client,
      wallMs,
    });
    const apart = [at("change", "n1", ""), at("change", "n2", "", 0, 1), at("get", "n1", "n2")];
    const shown = <Copy>(resolution: Resolution<Copy>, taken: readonly Step[]): Json => {
      const copy = execute(resolution, "add", taken).nodes.get("n1")?.copy;
      return copy === undefined ? null : sorted(resolution.show(copy));
    };
    expect([shown(lww, apart), shown(fww, apart), shown(versionVectors, apart)]).toEqual([[2], [1], [1, 2]]);
    const throughOne = [at("change", "n1", "", 0), at("change", "n1", "", 1)];
    expect([shown(withoutDots, throughOne), shown(versionVectors, throughOne)]).toEqual([[2], [1, 2]]);
  });
});

describe("an application's merge function", () => {
  const data: fc.Arbitrary<Data> = fc.oneof(
    fc.record({ value: fc.oneof(fc.nat({ max: 3 }), fc.constantFrom<Json>(null, "a", "b", [1])) }),
    fc.record({ elements: fc.uniqueArray(fc.nat({ max: 3 })).map((all) => unionOf(all, [])) }),
  );

  it("is commutative, associative and idempotent (Shapiro et al. 2011, §2)", () =>
    fc.assert(
      fc.property(data, data, data, (a, b, c) => {
        expect(higherBid(a, a)).toEqual(a);
        expect(higherBid(a, b)).toEqual(higherBid(b, a));
        expect(higherBid(higherBid(a, b), c)).toEqual(higherBid(a, higherBid(b, c)));
      }),
    ));
});

describe("on-write", () => {
  const settle = (copy: Proposals): Proposals =>
    onWrite.merge(copy, onWrite.agreement?.settle(copy, () => true) ?? copy);

  it("commits one of those that conflict, and never two (Kemme & Alonso 2000, §4)", () => {
    let aborted = 0;
    check((f, taken) => {
      const { made } = execute(onWrite, f, taken);
      const copy = mergeAll(onWrite, made);
      if (copy === undefined) return;
      const decided = settle(copy);
      // Who has not decided yet learns it, and nobody forgets it.
      expect([onWrite.merge(copy, decided), onWrite.merge(decided, copy)]).toEqual([decided, decided]);
      expect(onWrite.agreement?.isSettled(decided)).toBe(true);
      const committed = decided.filter(({ fate }) => fate === "committed");
      aborted += decided.length - committed.length;
      expect(committed.length).toBeGreaterThan(0);
      for (const a of committed)
        for (const b of committed) expect(a === b || knows(a.context, b.dot) || knows(b.context, a.dot)).toBe(true);
    });
    expect(aborted).toBeGreaterThan(5);
  });

  it("shows nothing that is not decided, and refuses a change then", () => {
    const writer = { dot: ["n1", 1] as const, time: 1, wallMs: 0, has: {}, session: {} };
    const copy = onWrite.update(undefined, { f: "write", input: 7 }, writer) ?? [];
    expect(onWrite.show(copy)).toBe(null);
    expect(onWrite.update(copy, { f: "write", input: 8 }, { ...writer, dot: ["n1", 2] })).toBe(undefined);
    expect(onWrite.agreement?.settle(copy, () => false)).toBe(undefined);
    expect(onWrite.show(settle(copy))).toBe(7);
  });
});
