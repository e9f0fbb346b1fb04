import { describe, expect, it } from "vitest";
import { crdt } from "../../../checkers/crdt/index.ts";
import { text } from "../../../checkers/text/index.ts";
import { final, type Step, told, unknown } from "./told.ts";

/** What a copy holds at the end. */
const read = (p: number, ok: Step[3]): Step => [p, "read", null, ok ?? null, final];

it("types and texts vouch for what they test", () => {
  expect(crdt("g-set").tests).toEqual(["durable"]);
  expect(text().tests).toEqual(["eventual", "durable"]);
});

describe("what is told of replicated data types and texts", () => {
  it("additions that were lost", () => {
    expect(told(crdt("g-counter"), [0, "add", 2], [1, "add", 3], read(8, 2), read(9, 4))).toEqual([
      "lost-update [durable] 1,2,3: at the end n8 holds 2, n9 holds 4, but the 2 acknowledged additions to x make 5.",
      "  1-2: this copy does not show what must come of it",
      "  1-3: this copy does not show what must come of it",
    ]);
  });

  it("a sum that no additions make", () => {
    expect(
      told(crdt("pn-counter"), [0, "add", 2], [1, "add", -3], [2, "add", 10, null, unknown], read(8, 2), read(9, 9)),
    ).toEqual([
      "wrong-sum [eventual] 1,3: at the end n8 holds 2, but the 2 acknowledged additions to x make -1, and with any of the 1 of unknown outcome -1 or 9.",
      "  1-3: this copy does not show what must come of it",
    ]);
  });

  it("sums that additions of unknown outcome leave possible", () => {
    expect(
      told(
        crdt("pn-counter"),
        ...[1, 10, 100].map((by, p): Step => [p, "add", by, null, unknown]),
        [7, "add", -1],
        read(8, 5),
      ),
    ).toEqual([
      "wrong-sum [eventual] 3,4: at the end n8 holds 5, but the 1 acknowledged additions to x make -1, and with any of the 3 of unknown outcome -1 to 0 or 9 to 10 or 99 to 100 or 109 to 110.",
      "  3-4: this copy does not show what must come of it",
    ]);
  });

  it("elements that are lost, or nobody's", () => {
    expect(told(crdt("g-set"), [0, "add", 1], [0, "add", 2], read(8, [1]), read(9, [1, 7]))).toEqual([
      "lost-element [durable] 1,2,3: at the end n8 holds [1], n9 holds [1, 7], but process 0 added 2 to x, which was acknowledged, and no remove of 2 was called that can have seen it.",
      "  1-2: this copy does not show what must come of it",
      "  1-3: this copy does not show what must come of it",
      "unexpected-element [causal-cc,pram] 3: at the end n9 holds [1, 7], but nobody ever added 7 to x, or that had failed.",
    ]);
  });

  it("an element that has come back", () => {
    expect(told(crdt("or-set"), [0, "add", 1], [0, "remove", 1], read(8, [1]), read(9, [1]))).toEqual([
      "resurrected-element [durable] 1,2,3: at the end n8 holds [1], n9 holds [1], but process 0 removed 1 from x, which was acknowledged, and its session knew of every add of it: the element has come back.",
      "  1-2: this copy does not show what must come of it",
      "  1-3: this copy does not show what must come of it",
    ]);
  });

  it("values that were overwritten, and none at all", () => {
    expect(
      told(
        crdt("lww-register"),
        [0, "write", 1],
        [0, "write", 2],
        [1, "read", null, 2],
        [1, "write", 3],
        read(7, 1),
        read(8, 2),
        read(9, null),
      ),
    ).toEqual([
      "lost-write [eventual] 0,6: at the end n9 holds nothing, but process 0 wrote 1 to x, which was acknowledged, so x cannot be as if it had never been written.",
      "  0-6: this copy does not show what must come of it",
      "lost-write [eventual] 0,1,4: at the end n7 holds 1, but process 0 wrote 2 when its session had written 1, so that value is overwritten.",
      "  1-4: this copy does not show what must come of it",
      "lost-write [eventual] 1,3,5: at the end n8 holds 2, but process 1 wrote 3 when its session had read 2, so that value is overwritten.",
      "  3-5: this copy does not show what must come of it",
    ]);
  });

  it("a value that nobody wrote", () => {
    expect(told(crdt("mv-register"), [0, "write", 1], read(7, [1, 5]), read(8, [1]))).toEqual([
      "unexpected-value [causal-cc,pram] 1: at the end n7 holds [1, 5], but nobody ever wrote 5 to x, or that had failed.",
    ]);
  });

  it("many copies that are wrong", () => {
    expect(told(crdt("g-counter"), [0, "add", 2], ...[1, 2, 3, 4, 5, 6, 7].map((p) => read(10 + p, 1)))).toEqual([
      "lost-update [durable] 0,1,2,3,4,5,6,7: at the end n11 holds 1, n12 holds 1, n13 holds 1, n14 holds 1, n15 holds 1, and 2 more copies are wrong, but the 1 acknowledged additions to x make 2.",
      "  0-1: this copy does not show what must come of it",
      "  0-2: this copy does not show what must come of it",
      "  0-3: this copy does not show what must come of it",
      "  0-4: this copy does not show what must come of it",
      "  0-5: this copy does not show what must come of it",
      "  0-6: this copy does not show what must come of it",
      "  0-7: this copy does not show what must come of it",
    ]);
  });

  it("a text with a character lost, one twice, and one of nobody", () => {
    expect(
      told(
        text(),
        [0, "insert", { id: "a" }],
        [1, "insert", { id: "b" }],
        [2, "insert", { id: "c" }],
        read(8, ["a"]),
        read(9, ["a", "a", "z", "b"]),
      ),
    ).toEqual([
      'divergence [eventual] 3,4: after everything was healed the texts of x differ on n8 and n9: n8 lacks "z", "b".',
      "  3-4: they hold different texts and nothing is left to reconcile them",
      'duplicate-character [causal-cc,pram] 0,4: at the end n9 holds in x the character "a" twice, but every character was inserted once.',
      'unexpected-character [causal-cc,pram] 4: at the end n9 holds in x the character "z" which nobody inserted, or that had failed.',
      'lost-insert [durable] 2,3,4: process 2 inserted {"id":"c"} to x, which was acknowledged at 2.500 s, and nobody deleted it, but no copy holds it at the end.',
      "  2-3: acknowledged, but without effect on this copy",
      "  2-4: acknowledged, but without effect on this copy",
    ]);
  });

  it("texts in different orders, with a deleted character", () => {
    expect(
      told(
        text(),
        [0, "insert", { id: "a" }],
        [1, "insert", { id: "b" }],
        [0, "delete", { id: "b" }],
        read(8, ["a", "b"]),
        read(9, ["b", "a"]),
      ),
    ).toEqual([
      'divergence [eventual] 3,4: after everything was healed the texts of x differ on n8 and n9: from position 0 on the order differs, n8 has "a", "b" and n9 "b", "a".',
      "  3-4: they hold different texts and nothing is left to reconcile them",
      'resurrected-character [durable] 2,3,4: process 0 deleted {"id":"b"} from x, which was acknowledged at 2.500 s, but every copy still holds it at the end.',
      "  2-3: acknowledged, but without effect on this copy",
      "  2-4: acknowledged, but without effect on this copy",
    ]);
  });

  it("characters typed at one go, in parts or turned", () => {
    expect(
      told(text(), [0, "insert", { at: 0, ids: ["a", "b", "c"] }], read(8, ["a", "b"]), read(9, ["a", "c", "b"])),
    ).toEqual([
      'divergence [eventual] 1,2: after everything was healed the texts of x differ on n8 and n9: n8 lacks "c".',
      "  1-2: they hold different texts and nothing is left to reconcile them",
      'torn-insert [causal-cc,pram] 0,1: at the end n8 holds in x "a", "b" without "c", of the characters that process 0 typed at one go.',
      'turned-insert [causal-cc,pram] 0,2: at the end n9 holds in x in another order the characters "a", "b", "c" that process 0 typed at one go.',
    ]);
  });
});
