import { expect, test } from "vitest";
import { span } from "../../../checkers/shared/phrases.ts";

test("spans of time are told in the unit that suits them", () => {
  expect([0, 5, 12_345, 15_000_000, 2_500_000_000].map(span)).toEqual(["0 ns", "5 ns", "12.3 µs", "15 ms", "2.5 s"]);
});
