import { expect, test } from "vitest";
import { InvariantMonitor } from "../../src/campaign/invariants.ts";
import { bothOf, type Ruling } from "../../src/core/model.ts";

test("only events that put an invariant to the test are counted; without any it is unknown", () => {
  const saying = (name: string, rulings: Ruling[]) => ({ name, source: "", onTrace: () => rulings.shift() });
  const monitor = new InvariantMonitor([
    saying("untested", []),
    saying("held", [undefined, true, true]),
    saying("violated", [true, "no longer", undefined]),
  ]);
  for (const atNs of [1, 2, 3]) monitor.onTrace(atNs, "n1", "event", {});
  expect(monitor.verdicts()).toMatchObject([
    { name: "untested", verdict: "unknown", checked: 0, violations: [] },
    { name: "held", verdict: "valid", checked: 2, violations: [] },
    { name: "violated", verdict: "invalid", checked: 2, violations: [{ atNs: 2, explanation: "no longer" }] },
  ]);
});

test("of several rulings on one event the first violation is told, else that there was a test", () => {
  const rulings: Ruling[] = [undefined, true, "first", true, "second"];
  expect(rulings.reduce(bothOf, undefined)).toBe("first");
  expect(bothOf(true, undefined)).toBe(true);
  expect(bothOf(undefined, undefined)).toBeUndefined();
});
