import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Invariant, Ruling } from "../../../src/core/model.ts";
import { stateMachines } from "../../../src/models/multi-paxos/invariants.ts";
import { agreement, learning, validity } from "../../../src/models/shared/paxos-invariants.ts";

type Event = readonly [node: string, event: string, detail: JsonObject];

const start: readonly Event[] = ["n1", "n2", "n3"].map((node) => [node, "start", { nodes: 3, upTo: 0 }]);
const accept = (node: string, ballot: number, value: string): Event => [node, "accept", { decree: "d", ballot, value }];

/** What an invariant says of the last event. */
const last = (invariant: Invariant, ...events: Event[]): Ruling =>
  [...start, ...events].map(([node, event, detail]) => invariant.onTrace(node, event, detail)).at(-1);

describe("the requirements of Paxos Made Simple, §2.1", () => {
  test("validity: what nobody proposed is not accepted, but for a no-op", () => {
    expect(last(validity(), accept("n1", 1, "a"))).toMatch(/nobody proposed/);
    expect(last(validity(), accept("n1", 1, ""))).toBeUndefined();
    expect(last(validity(), ["n2", "propose", { value: "a" }], accept("n1", 1, "a"))).toBe(true);
  });

  test("agreement: a majority of one ballot chooses, and never a second value", () => {
    const chosen = [accept("n1", 1, "a"), accept("n2", 1, "a")];
    expect(last(agreement(), ...chosen)).toBeUndefined();
    expect(last(agreement(), ...chosen, accept("n3", 1, "a"))).toBeUndefined();
    expect(last(agreement(), ...chosen, accept("n2", 2, "b"))).toBeUndefined();
    expect(last(agreement(), ...chosen, accept("n2", 2, "b"), accept("n3", 2, "b"))).toMatch(
      /a and b were both chosen/,
    );
    expect(last(agreement(), ...chosen, accept("n2", 2, "a"), accept("n3", 2, "a"))).toBe(true);
    // In different ballots, or by one acceptor twice, it is no majority.
    expect(
      last(agreement(), accept("n1", 1, "a"), accept("n2", 2, "a"), accept("n2", 3, "b"), accept("n3", 3, "b")),
    ).toBe(undefined);
    expect(last(agreement(), ...chosen, accept("n3", 2, "b"), accept("n3", 2, "b"))).toBeUndefined();
  });

  test("agreement counts what a crash has kept", () => {
    const kept: Event = ["n2", "kept", { decree: "d", ballot: 1, value: "a" }];
    expect(last(agreement(), accept("n1", 1, "a"), kept, accept("n2", 2, "b"), accept("n3", 2, "b"))).toMatch(/both/);
  });

  test("learning: only what is chosen is taken for chosen", () => {
    const learn: Event = ["n3", "learn", { decree: "d", value: "a" }];
    expect(last(learning(), accept("n1", 1, "a"), learn)).toMatch(/but none is/);
    expect(last(learning(), accept("n1", 1, "a"), accept("n2", 1, "a"), learn)).toBe(true);
    expect(last(learning(), accept("n1", 1, "b"), accept("n2", 1, "b"), learn)).toMatch(/but b is/);
  });
});

describe("state machines (§3)", () => {
  const apply = (node: string, slot: number, value: string): Event => [node, "apply", { slot, value }];

  test("apply slot after slot, also after a restart", () => {
    expect(last(stateMachines(), apply("n1", 1, "a"), apply("n1", 2, "b"))).toBe(true);
    expect(last(stateMachines(), apply("n1", 1, "a"), apply("n1", 3, "b"))).toMatch(/slot 3 where slot 2 was next/);
    expect(last(stateMachines(), ["n1", "start", { nodes: 3, upTo: 4 }], apply("n1", 5, "a"))).toBe(true);
  });

  test("apply the same", () => {
    expect(last(stateMachines(), apply("n1", 1, "a"), apply("n2", 1, "a"))).toBe(true);
    expect(last(stateMachines(), apply("n1", 1, "a"), apply("n2", 1, ""))).toMatch(/n1 applied a, but n2 a no-op/);
  });
});
