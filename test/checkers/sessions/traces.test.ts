import { describe, expect, it } from "vitest";
import { monotonicReads, readYourWrites } from "../../../checkers/sessions/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import { sequence } from "../shared/tiny.ts";

const write = (p: number, input: number) => ({ p, f: "write", key: "x", ret: 1, input });
const read = (p: number, ok: number | null) => ({ p, f: "read", key: "x", ret: 1, ok });
/** A compare-and-set whose outcome is unknown. */
const swap = (p: number, from: number | null, to: number) => ({ p, f: "cas", key: "x", input: [from, to] });

describe("compare-and-sets of unknown outcome count where their value was seen", () => {
  it("and an own write that was missed by one is told with who saw it", () => {
    const verdict = readYourWrites("register").check(
      sequence([write(0, 1), swap(0, null, 2), swap(2, 2, 3), read(1, 3), read(1, 3)]),
      DEFAULT_BUDGET,
    );
    expect(verdict).toMatchObject({
      valid: false,
      anomalies: [
        {
          ops: [0, 1, 2, 3],
          because: [
            { from: 0, to: 1, reason: "a session must see what it wrote before" },
            {
              from: 1,
              to: 2,
              reason: "process 2 swapped 2 for 3 in x, so the compare-and-set that wrote 2 did happen",
            },
            { from: 2, to: 3, reason: "process 1 read 3 from x, so the compare-and-set that wrote 3 did happen" },
          ],
        },
      ],
    });
  });

  it("and a value that comes back in one is told with who saw it", () => {
    const verdict = monotonicReads("register").check(
      sequence([write(1, 1), write(1, 2), read(0, 1), read(0, 2), swap(0, 1, 3), swap(2, 3, 4), read(1, 3)]),
      DEFAULT_BUDGET,
    );
    expect(verdict).toMatchObject({ valid: false, anomalies: [{ ops: [2, 3, 4, 6] }] });
  });

  it("and not where nobody did", () => {
    const verdict = readYourWrites("register").check(sequence([write(0, 1), swap(0, null, 2)]), DEFAULT_BUDGET);
    expect(verdict).toMatchObject({ valid: "unknown", why: "vacuous" });
  });
});
