import fc from "fast-check";
import { expect, it } from "vitest";
import { causal } from "../../../checkers/causal/index.ts";
import {
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  writesFollowReads,
} from "../../../checkers/sessions/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import { satisfies } from "../sessions/oracle.ts";
import { anyHistory } from "../shared/generate.ts";
import { eventCount, isCausallyConvergent } from "./oracle.ts";

for (const type of ["register", "list"] as const)
  it(`many ${type}`, () => {
    const kinds: Record<string, number> = {};
    const samples: Record<string, string> = {};
    let bad = 0;
    const histories = fc.oneof(
      anyHistory({ type, maxOps: 7, keys: 1, sessions: 3 }),
      anyHistory({ type, maxOps: 9, keys: 2, sessions: 4 }),
      anyHistory({ type, maxOps: 9, keys: 2, sessions: 2 }),
      anyHistory({ type, maxOps: 10, keys: 1, sessions: 2 }),
    );
    fc.assert(
      fc.property(histories, (h) => {
        fc.pre(eventCount(type, h) <= 10);
        const v = causal(type).check(h, DEFAULT_BUDGET);
        expect(v.valid !== false).toBe(isCausallyConvergent(type, h));
        for (const c of [
          readYourWrites(type),
          monotonicReads(type),
          ...(type === "list" ? [monotonicWrites(type), writesFollowReads(type)] : []),
        ]) {
          const w = c.check(h, DEFAULT_BUDGET);
          if (type === "list" || h.ops.filter((o) => o.f !== "read").length <= 5)
            expect(w.valid !== false).toBe(satisfies(c.tests[0]!, type, h));
          // The lattice: what breaks a session guarantee breaks causal consistency.
          if (w.valid === false) {
            bad++;
            expect(v.valid).toBe(false);
          }
          if (w.valid === false)
            for (const a of w.anomalies) {
              kinds[c.name + " " + a.kind] = (kinds[c.name + " " + a.kind] ?? 0) + 1;
              if (a.ops.length > 4 || !(a.kind in samples))
                samples[a.kind] =
                  a.explanation + "\n   " + a.because.map((b) => `${b.from}->${b.to} ${b.reason}`).join("\n   ");
            }
        }
        if (v.valid === false)
          for (const a of v.anomalies) {
            kinds[a.kind] = (kinds[a.kind] ?? 0) + 1;
            if (!(a.kind in samples) || a.because.length > 3)
              samples[a.kind] =
                a.explanation + "\n   " + a.because.map((b) => `${b.from}->${b.to} ${b.reason}`).join("\n   ");
            if (["cyclic-co", "cyclic-cf", "cyclic-arbitration", "incompatible-order"].includes(a.kind)) {
              a.because.forEach((b, i) =>
                expect(b.to, JSON.stringify(a)).toBe(a.because[(i + 1) % a.because.length]!.from),
              );
              expect(a.because.length).toBeGreaterThan(a.kind === "cyclic-co" ? 0 : 1);
            }
            if (["write-co-read", "write-co-init-read", "missed-causal-write"].includes(a.kind)) {
              a.because.slice(1).forEach((b, i) => expect(b.from, JSON.stringify(a)).toBe(a.because[i]!.to));
              expect(a.because.length).toBeGreaterThan(0);
            }
          }
      }),
      { numRuns: 20000 },
    );
    console.log(kinds, bad);
    for (const [k, s] of Object.entries(samples)) console.log(k + ": " + s);
  }, 600000);
