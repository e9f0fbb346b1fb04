import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { type Command, machineOf } from "../../../src/models/spanner/machine.ts";
import { ShardState } from "../../../src/models/spanner/state.ts";

const KEYS = ["x", "y"];
/** Mostly the first one leads, from the beginning. */
const EPOCHS = ["a", "a", "a", "a", "b"];
const TXNS = ["t1", "t2", "t3", "t4"];

/** A transaction is coordinated here, or elsewhere; never both. */
const isOurs = (txn: string): boolean => txn === "t1" || txn === "t2";

/** Commands as leaders log them: nobody who holds no lock of a key asks to write it, which is for the lock table to see to. */
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ f: fc.constant("lead" as const), input: fc.record({ epoch: fc.constantFrom(...EPOCHS) }) }),
  fc.record({ f: fc.constant("advance" as const), input: fc.record({ toMs: fc.nat({ max: 60 }) }) }),
  fc
    .record({ txn: fc.constantFrom(...TXNS), epoch: fc.constantFrom(...EPOCHS), fromMs: fc.nat({ max: 60 }) })
    .map(({ txn, epoch, fromMs }): Command => {
      const writes = [[KEYS[TXNS.indexOf(txn) % 2] ?? "", txn]] as const;
      const common = { txn, epoch, coordinator: "s0", reads: [], writes };
      return isOurs(txn)
        ? { f: "commit", input: { ...common, others: ["s1"], fromMs } }
        : { f: "prepare", input: common };
    }),
  fc.record({ f: fc.constant("abort" as const), input: fc.record({ txn: fc.constantFrom("t1", "t2") }) }),
  fc.record({
    f: fc.constant("apply" as const),
    input: fc.record({ txn: fc.constantFrom(...TXNS), at: fc.option(fc.nat({ max: 60 })) }),
  }),
);

/** A shard's copy, with all that it has told. */
class Copy {
  readonly contents = new Map<string, Json>();
  readonly state = new ShardState(() => this.contents);
  readonly assigned: number[] = [];
  readonly settled: string[] = [];
  readonly #machine = machineOf(
    { bug: undefined },
    {
      assigned: (_txn, atMs) => void this.assigned.push(atMs),
      settled: (txn) => void this.settled.push(txn),
    },
  );

  constructor() {
    this.apply({ f: "lead", input: { epoch: "a" } });
  }

  /** Applies a command as it would come: only what was prepared is committed, at its timestamp or later. */
  apply(command: Command): ReturnType<ReturnType<typeof machineOf>> {
    const { f, input } = command;
    if (f !== "apply") return this.#machine(this.contents, { f, input });
    const pending = this.state.pendingOf(input.txn);
    const at = pending?.decided ? pending.atMs : pending && input.at !== null ? pending.atMs + input.at : null;
    return this.#machine(this.contents, { f, input: { txn: input.txn, at } });
  }
}

describe("a shard's state machine", () => {
  it("assigns timestamps that rise whoever leads (OSDI 2012, §4.1.2), once to each transaction", () => {
    let assigned = 0;
    fc.assert(
      fc.property(fc.array(command, { minLength: 8, maxLength: 30 }), (log) => {
        const copy = new Copy();
        for (const one of log) copy.apply(one);
        expect(copy.assigned).toEqual([...new Set(copy.assigned)].sort((a, b) => a - b));
        expect(copy.settled).toEqual([...new Set(copy.settled)]);
        assigned += copy.assigned.length;
      }),
      { numRuns: 200 },
    );
    expect(assigned).toBeGreaterThan(50);
  });

  it("what is safe to read at a timestamp stays what it was (§4.1.3)", () => {
    let reads = 0;
    fc.assert(
      fc.property(fc.array(command, { minLength: 5, maxLength: 30 }), (log) => {
        const copy = new Copy();
        const seen: { readonly key: string; readonly atMs: number; readonly value: Json }[] = [];
        for (const one of log) {
          copy.apply(one);
          const { state } = copy;
          for (const key of KEYS) {
            const atMs = state.floorMs;
            if (!state.isOpen([key], atMs)) seen.push({ key, atMs, value: state.valueAt(key, atMs) });
          }
        }
        for (const { key, atMs, value } of seen) expect(copy.state.valueAt(key, atMs)).toEqual(value);
        reads += seen.filter(({ value }) => value !== null).length;
      }),
      { numRuns: 200 },
    );
    expect(reads).toBeGreaterThan(50);
  });

  it("a command that comes again changes nothing and is answered alike, but for what a leader since has made void", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), fc.nat(), (log, pick) => {
        const copy = new Copy();
        const outcomes = log.map((one) => copy.apply(one));
        const i = pick % Math.max(1, log.length);
        const again = log[i];
        if (again === undefined || again.f === "lead" || outcomes[i]?.type === "fail") return;
        const before = JSON.stringify([...copy.contents]);
        const outcome = copy.apply(again);
        // A prepared transaction has got its outcome since, which is what is told then.
        const txn = "txn" in again.input ? again.input.txn : "";
        const settled = again.f === "prepare" && copy.state.outcomeOf(txn) !== undefined;
        if (again.f !== "apply") expect(JSON.stringify([...copy.contents])).toBe(before);
        if (settled) expect(outcome).toEqual({ type: "ok", value: copy.state.outcomeOf(txn) });
        else expect(outcome).toEqual(outcomes[i]);
      }),
      { numRuns: 200 },
    );
  });

  it("locks of an earlier leader count no more, but for those of the prepared (§4.2.1)", () => {
    const copy = new Copy();
    const prepare = (txn: string, epoch: string): Command => ({
      f: "prepare",
      input: { txn, epoch, coordinator: "s0", reads: [], writes: [["x", txn]] },
    });
    expect(copy.apply(prepare("t3", "a")).type).toBe("ok");
    copy.apply({ f: "lead", input: { epoch: "b" } });
    expect(copy.apply(prepare("t4", "a"))).toMatchObject({ type: "fail", error: { name: "abort" } });
    expect(copy.state.pending.map(({ txn }) => txn)).toEqual(["t3"]);
  });

  it("a coordinator that never heard of a transaction aborts it for good (Bernstein et al. 1987, §7.4)", () => {
    const copy = new Copy();
    copy.apply({ f: "abort", input: { txn: "t1" } });
    const late: Command = {
      f: "commit",
      input: { txn: "t1", epoch: "a", coordinator: "s0", others: [], reads: [], writes: [["x", 1]], fromMs: 9 },
    };
    expect(copy.apply(late)).toEqual({ type: "ok", value: null });
    expect(copy.state.pending).toEqual([]);
    expect(copy.state.valueAt("x")).toBe(null);
  });
});
