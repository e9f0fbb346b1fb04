import { describe, expect, test } from "vitest";
import type { ModelBug } from "../../../src/core/model.ts";
import type { Invocation, Outcome } from "../../../src/core/operation.ts";
import { BUGS, type BugName } from "../../../src/models/multi-paxos/bugs.ts";
import { multiPaxos } from "../../../src/models/multi-paxos/index.ts";
import type { Table } from "../shared/table.ts";
import { explore, type Judge, type Walk, walk } from "../shared/walk.ts";

const STEPS = 300;

/** One list: a read shows all that was acknowledged before it was asked for, and nothing twice. */
class List implements Judge {
  readonly #acknowledged: number[] = [];
  /** For each read under way, how much was acknowledged before. */
  readonly #before = new Map<number, number>();
  #last = 0;

  ask({ random }: Table): { readonly op: Invocation; readonly client?: string } {
    if (random.chance(0.4)) return { op: { f: "read", key: "x", input: null } };
    // Some are retries.
    if (this.#last === 0 || random.chance(0.7)) this.#last++;
    return { op: { f: "append", key: "x", input: this.#last }, client: `writer ${this.#last}` };
  }

  asked(id: number): void {
    this.#before.set(id, this.#acknowledged.length);
  }

  answered(id: number, op: Invocation, outcome: Outcome): string | undefined {
    if (outcome.type !== "ok") return undefined;
    if (op.f === "append") {
      this.#acknowledged.push(op.input as number);
      return undefined;
    }
    const seen = (outcome.value ?? []) as readonly number[];
    const missing = this.#acknowledged.slice(0, this.#before.get(id)).filter((one) => !seen.includes(one));
    if (missing.length > 0) return `a read of ${seen} misses ${missing}`;
    return new Set(seen).size < seen.length ? `a read of ${seen} shows a command twice` : undefined;
  }
}

const walks = (count: number, nodes: number, reads: string, bug?: BugName): Walk =>
  explore(count, (seed) => walk({ model: multiPaxos, nodes, config: { reads }, bug, seed }, STEPS, new List()));

describe("executions of Multi-Paxos in any order of events (Paxos Made Simple, §3)", () => {
  test.each([
    ["log", 3],
    ["log", 5],
    ["lease", 3],
    ["lease", 5],
  ] as const)("reads by %s on %i nodes show all that was acknowledged, once", (reads, nodes) => {
    expect(walks(60, nodes, reads).violations).toEqual([]);
  });

  test("leaders follow each other, and adopt what was accepted before", () => {
    const { events } = walks(40, 3, "log");
    expect([...events]).toEqual(expect.arrayContaining(["leader", "follower", "adopt", "apply", "kept"]));
  });

  // The clocks of the table are true.
  test.each((Object.keys(BUGS) as BugName[]).filter((bug) => bug !== "lease-on-wall-clock"))("%s is found", (bug) => {
    const hunt: ModelBug["hunt"] = BUGS[bug].hunt;
    expect(walks(3000, hunt.nodes ?? 3, hunt.config?.reads ?? "log", bug).violations).not.toEqual([]);
  });
});
