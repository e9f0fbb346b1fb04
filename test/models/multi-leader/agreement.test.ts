import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../src/core/operation.ts";
import { multiLeaderInvariants } from "../../../src/models/multi-leader/invariants.ts";
import { chaos, Lab } from "./lab.ts";

describe("writes that need the agreement of all", () => {
  it.each(["all-to-all", "ring", "star"])(
    "%s: in the end all nodes show what was acknowledged and nothing that failed (Kemme & Alonso 2000, §4)",
    (topology) => {
      const seen = { ok: 0, fail: 0, info: 0 };
      fc.assert(
        fc.property(fc.constantFrom(2, 3, 5), chaos, (count, steps) => {
          const lab = new Lab(count, { topology, conflicts: "on-write" });
          const requests: number[] = [];
          const add = (node: NodeId): void => void requests.push(lab.request(node, "add", "x", requests.length + 1));
          for (const [i, step] of steps.entries()) {
            lab.take(step, add);
            if (i % 10 === 9) lab.heal();
          }
          lab.heal();
          const shown = lab.elements(lab.nodes[0] as NodeId, "x");
          for (const node of lab.nodes) {
            expect(lab.elements(node, "x")).toEqual(shown);
            lab.restart(node);
            expect(lab.elements(node, "x")).toEqual(shown);
          }
          for (const [i, request] of requests.entries()) {
            // A node that was restarted answers no more, whatever becomes of the write.
            const outcome = lab.answerTo(request)?.type ?? "info";
            seen[outcome]++;
            if (outcome !== "info") expect(shown.includes(i + 1)).toBe(outcome === "ok");
          }
          // Nothing is left open: each node takes a write.
          for (const node of lab.nodes) {
            const last = lab.request(node, "add", "x", 1000);
            lab.heal();
            expect(lab.answerTo(last)).toEqual({ type: "ok", value: null });
          }
          const invariants = multiLeaderInvariants();
          for (const trace of lab.traces)
            for (const one of invariants) expect(one.onTrace(...trace)).not.toBeTypeOf("string");
        }),
        { numRuns: 30 },
      );
      for (const outcome of ["ok", "fail", "info"] as const) expect(seen[outcome]).toBeGreaterThan(5);
    },
  );
});
