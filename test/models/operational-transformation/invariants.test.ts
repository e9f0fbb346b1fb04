import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Ruling } from "../../../src/core/model.ts";
import { otInvariants } from "../../../src/models/operational-transformation/invariants.ts";

type Event = readonly [node: string, event: string, detail: JsonObject];

const revision = (node: string, revision: number, site: string, number: number, op = "{}"): Event => [
  node,
  "revision",
  { revision, site, number, key: "k", op },
];
const text = (node: string, revision: number, text: string): Event => [node, "text", { revision, key: "k", text }];

/** What the invariant of this name says of each event. */
function rulings(name: string, ...events: readonly Event[]): Ruling[] {
  const invariant = otInvariants().find((one) => one.name === name) ?? expect.fail(`no invariant ${name}`);
  return events.map((event) => invariant.onTrace(...event));
}

describe("invariants of operational transformation", () => {
  it("one-order: a revision is the same edit in the same form everywhere", () => {
    expect(
      rulings(
        "one-order",
        revision("n1", 1, "n2", 1),
        text("n1", 1, "x"),
        revision("n2", 1, "n2", 1),
        revision("n3", 1, "n3", 1),
        revision("n3", 1, "n2", 1, "other"),
      ),
    ).toEqual([undefined, undefined, true, expect.stringContaining("on n3"), expect.stringContaining("other")]);
  });

  it("exactly-once: a site's edits are ordered one after the other, whoever tells of it first", () => {
    const told = [revision("n1", 2, "n3", 1), revision("n2", 1, "n2", 1), revision("n1", 3, "n2", 2)];
    expect(rulings("exactly-once", ...told, revision("n2", 2, "n3", 1))).toEqual([undefined, true, true, undefined]);
    expect(rulings("exactly-once", revision("n1", 1, "n2", 1), revision("n1", 2, "n2", 1))).toEqual([
      true,
      "revision 2 is edit 1 of n2, the last one was 1",
    ]);
  });

  it("same-text: copies at one revision with nothing on top show one text (Ressel et al. 1996)", () => {
    expect(
      rulings("same-text", text("n1", 3, "ab"), text("n2", 3, "ab"), text("n3", 4, "b"), text("n2", 4, "a")),
    ).toEqual([undefined, true, undefined, "on n2 the text of k at revision 4 is a, but was b before"]);
  });
});
