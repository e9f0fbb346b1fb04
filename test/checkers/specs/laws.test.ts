import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SPECS } from "../../../checkers/specs/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Invocation, Operation, Outcome } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { DOMAINS, type Domain } from "./domains.ts";

const ok = (value: Json): Outcome => ({ type: "ok", value });
const unknown: Outcome = { type: "info", error: { name: "timeout" } };
const refused = { type: "fail", error: { name: "precondition-failed" } } as const;

type Call = Invocation & { readonly process: number };

interface Draw {
  readonly op: Call;
  /** Which of the outcomes that are possible comes about. */
  readonly fate: number;
}

const draw = ({ operations }: Domain): fc.Arbitrary<Draw> =>
  fc.record({
    op: fc.tuple(operations, fc.nat({ max: 1 })).map(([op, process]) => ({ ...op, process })),
    fate: fc.nat({ max: 999 }),
  });

const sequence = (domain: Domain): fc.Arbitrary<Draw[]> => fc.array(draw(domain), { maxLength: 6, size: "max" });

/** The outcomes that an operation can have in a state. */
function outcomes(spec: Spec, domain: Domain, s: unknown, op: Call): Outcome[] {
  const all = [unknown, ...domain.outputs(s, op.f).map(ok), ...(spec.observes(op, refused) ? [refused] : [])];
  return all.filter((outcome) => spec.step(s, op, outcome) !== undefined);
}

/** Runs operations one after the other, each with an outcome that is possible. */
function run(spec: Spec, domain: Domain, draws: readonly Draw[]): { s: unknown; done: [Call, Outcome][] } {
  const done: [Call, Outcome][] = [];
  let s = spec.init();
  for (const { op, fate } of draws) {
    const possible = outcomes(spec, domain, s, op);
    const outcome = possible[fate % possible.length] ?? unknown;
    const next = spec.step(s, op, outcome);
    expect(next).toBeDefined();
    if (outcome.type !== "fail") s = next;
    done.push([op, outcome]);
  }
  return { s, done };
}

describe.each(Object.entries(DOMAINS))("%s", (name, domain) => {
  const spec = SPECS[name] as Spec;
  const states = sequence(domain);

  it("is constrained by nothing but its effect if an outcome is unknown, and throws at none of its functions", () => {
    expect(new Set(fc.sample(domain.operations, 200).map(({ f }) => f))).toEqual(new Set(Object.keys(spec.functions)));
    fc.assert(
      fc.property(states, draw(domain), (draws, { op }) => {
        expect(spec.step(run(spec, domain, draws).s, op, unknown)).toBeDefined();
      }),
    );
  });

  it("has equal keys exactly for equal states, and these go on alike", () => {
    let equal = 0;
    fc.assert(
      fc.property(states, states, draw(domain), (a, b, { op, fate }) => {
        const [s, t] = [run(spec, domain, a).s, run(spec, domain, b).s];
        expect(spec.key(s) === spec.key(t)).toBe(spec.describe(s) === spec.describe(t));
        if (spec.key(s) !== spec.key(t)) return;
        equal++;
        const possible = outcomes(spec, domain, s, op);
        expect(outcomes(spec, domain, t, op)).toEqual(possible);
        const outcome = possible[fate % possible.length] ?? unknown;
        const [next, other] = [spec.step(s, op, outcome), spec.step(t, op, outcome)];
        expect(spec.key(next)).toBe(spec.key(other));
      }),
      { numRuns: 500 },
    );
    expect(equal).toBeGreaterThan(10);
  });

  it("is never changed by a read or by a failure", () => {
    fc.assert(
      fc.property(states, draw(domain), (draws, { op }) => {
        const { s } = run(spec, domain, draws);
        for (const outcome of outcomes(spec, domain, s, op))
          if (spec.isRead(op.f) || outcome.type === "fail")
            expect(spec.key(spec.step(s, op, outcome))).toBe(spec.key(s));
      }),
    );
  });

  it("is right about the nature of its operations", () => {
    fc.assert(
      fc.property(states, states, draw(domain), (a, b, { op }) => {
        const [s, t] = [run(spec, domain, a).s, run(spec, domain, b).s];
        for (const outcome of [ok(null), unknown]) {
          const nature = spec.nature?.(op, outcome) ?? "guarded";
          if (spec.isRead(op.f) || nature === "guarded") continue;
          const [next, other] = [spec.step(s, op, outcome), spec.step(t, op, outcome)];
          expect(next).toBeDefined();
          expect(other).toBeDefined();
          if (nature === "overwrite") expect(spec.key(next)).toBe(spec.key(other));
        }
      }),
    );
  });

  it("never gives up a goal that can be reached", () => {
    fc.assert(
      fc.property(states, states, draw(domain), (draws, rest, goal) => {
        const { s } = run(spec, domain, draws);
        const onward = rest.filter(({ op }) => spec.nature?.(op, ok(null)) !== "overwrite");
        const t = onward.reduce((u: unknown, { op }) => spec.step(u, op, unknown) ?? u, s);
        const first = onward.find(({ op }) => !spec.isRead(op.f))?.op;
        for (const outcome of outcomes(spec, domain, t, goal.op)) {
          if (spec.nature?.(goal.op, outcome) === "overwrite") continue;
          expect(spec.leadsTo?.(s, goal.op, outcome) ?? true).toBe(true);
          expect(spec.leadsTo?.(s, goal.op, outcome, first) ?? true).toBe(true);
        }
      }),
    );
  });

  it.runIf(spec.without)("stays possible without the values that are gone", () => {
    fc.assert(
      fc.property(states, fc.constantFrom<Json>(1, 2, 3), (draws, value) => {
        const { done } = run(spec, domain, draws);
        const gone = (other: Json): boolean => other === value;
        const rest = done.flatMap(([op, outcome], index): Operation[] => {
          const whole = { ...op, index, node: "", callNs: 2 * index, returnNs: 2 * index + 1, outcome };
          const left = spec.without?.(whole, gone);
          return left === undefined ? [] : [left];
        });
        expect(isPossible(spec, spec.init(), rest)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** True if the operations are possible in this order, those of unknown outcome where they happen and where they do not. */
function isPossible(spec: Spec, s: unknown, [op, ...rest]: readonly Operation[]): boolean {
  if (op === undefined) return true;
  const next = spec.step(s, op, op.outcome);
  if (next !== undefined && isPossible(spec, op.outcome.type === "fail" ? s : next, rest)) return true;
  return op.outcome.type === "info" && isPossible(spec, s, rest);
}
