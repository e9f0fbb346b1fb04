import { describe, expect, test } from "vitest";
import type { Invocation, Outcome } from "../../../src/core/operation.ts";
import { BUGS, type BugName } from "../../../src/models/paxos/bugs.ts";
import { paxos } from "../../../src/models/paxos/index.ts";
import { explore, type Judge, type Walk, walk } from "../shared/walk.ts";

const STEPS = 120;

/** Few decrees, for each of which several clients propose. A decree, once told to anybody, is told to all. */
class Decrees implements Judge {
  readonly #told = new Map<string, unknown>();
  #asked = 0;

  ask(): { readonly op: Invocation } {
    this.#asked++;
    const key = `d${Math.floor(this.#asked / 6)}`;
    if (this.#asked % 3 === 0) return { op: { f: "read", key, input: null } };
    return { op: { f: "cas", key, input: [null, this.#asked] } };
  }

  asked(): void {}

  answered(_id: number, op: Invocation, outcome: Outcome): string | undefined {
    if (outcome.type !== "ok") return undefined;
    const key = op.key ?? "";
    const value = op.f === "read" ? outcome.value : (op.input as readonly unknown[])[1];
    if (!this.#told.has(key) && value !== null) this.#told.set(key, value);
    return value === this.#told.get(key) || value === null
      ? undefined
      : `${key} is ${this.#told.get(key)} and ${value}`;
  }
}

const walks = (count: number, nodes: number, bug?: BugName): Walk =>
  explore(count, (seed) => walk({ model: paxos, nodes, config: { reads: "quorum" }, bug, seed }, STEPS, new Decrees()));

describe("executions of single-decree Paxos in any order of events (Paxos Made Simple, §2)", () => {
  test.each([3, 4, 5])("only a single proposed value is chosen and told, by %i acceptors", (nodes) => {
    expect(walks(100, nodes).violations).toEqual([]);
  });

  test("proposers duel, and adopt values that others had accepted", () => {
    const { events } = walks(40, 3);
    expect([...events]).toEqual(expect.arrayContaining(["overtaken", "adopt", "learn", "kept"]));
  });

  test.each(Object.keys(BUGS) as BugName[])("%s is found", (bug) => {
    const nodes = { "half-is-majority": 4, "duplicates-counted": 5 }[bug as string] ?? 3;
    expect(walks(3000, nodes, bug).violations).not.toEqual([]);
  });
});
