import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import { effectOf } from "../shared/effects.ts";
import { named } from "../shared/history-index.ts";
import { who, written } from "../shared/phrases.ts";
import { operation, type Registers, THIN_AIR } from "../shared/registers.ts";
import { canonical, show } from "../shared/values.ts";
import type { Clocks } from "./clocks.ts";
import { chain, circleOf, type Lookup, mentioned, readsFrom, type Step, ties } from "./explain.ts";

/**
 * What the bad patterns rule out that look at causal order alone: the weakest of the causal models. None of them rules
 * out a session guarantee: each of those has a checker of its own, and says nothing of a value out of thin air.
 */
export const NOT_CAUSAL = ["causal-cc"] as const;

/** A value out of thin air contradicts every model that says what reads return. */
export const UNEXPLAINED = ["causal-cc", "pram"] as const;

type RulesOut = readonly [ConsistencyModel, ...ConsistencyModel[]];

/** ThinAirRead: a value was seen that no operation which may have happened has written. */
export function reportThinAir(registers: Registers, anomalies: Anomalies, rulesOut: RulesOut = UNEXPLAINED): void {
  const reported = new Set<string>();
  for (let id = 0; id < registers.count; id++) {
    if (registers.source[id] !== THIN_AIR) continue;
    const read = operation(registers, id);
    const effect = effectOf("register", read);
    const value = "wrong" in effect ? null : (effect.saw?.[0] ?? null);
    const text = `${registers.key[id]} ${canonical(value)}`;
    if (reported.has(text)) continue;
    reported.add(text);
    anomalies.add("ThinAirRead", () => {
      const name = named(registers.keyNames[registers.key[id] as number] as string);
      return thinAir(read, value, name, failedWrite(registers, read, value), rulesOut);
    });
  }
}

/** How to tell of a value that nobody wrote, or that only an operation that failed was to write. */
export function thinAir(read: Operation, value: Json, name: string, failed: Operation | undefined, rulesOut: RulesOut) {
  const origin = failed
    ? `only process ${failed.process} was to write it, and that definitely failed (operation ${failed.index})`
    : "nobody ever wrote it";
  return {
    rulesOut,
    ...(read.key === undefined ? {} : { key: read.key }),
    explanation: `${who(read)}, but ${show(value)} was never a value of ${name}: ${origin}.`,
    ops: failed ? [failed, read] : [read],
    because: failed ? [because(failed, read, "failed, but was seen")] : [],
  };
}

function failedWrite({ history }: Registers, read: Operation, value: Json): Operation | undefined {
  return history.ops.find((op) => {
    if (op.outcome.type !== "fail" || (op.key ?? "") !== (read.key ?? "")) return false;
    const effect = effectOf("register", op);
    return !("wrong" in effect) && effect.wrote !== undefined && canonical(effect.wrote ?? null) === canonical(value);
  });
}

/** CyclicCO: operations that are causes of each other. */
export function reportCausalCycles(
  causes: Causes,
  clocks: Clocks,
  at: Lookup,
  anomalies: Anomalies,
  rulesOut: RulesOut = NOT_CAUSAL,
): void {
  for (const waits of clocks.cycles) {
    anomalies.add("CyclicCO", () => {
      const steps = circleOf(causes, waits, readsFrom(causes));
      const ops = mentioned(steps, at);
      return {
        rulesOut,
        explanation: `${inTurn(ops)}: these are causes of each other in a circle, so something was seen before it was written.`,
        ops,
        because: ties(steps, at),
      };
    });
  }
}

/** How many operations of a circle are spelled out. */
const MAX_TOLD = 6;

function inTurn(ops: readonly Operation[]): string {
  const told = ops.slice(0, MAX_TOLD).map(who).join("; ");
  return ops.length > MAX_TOLD ? `${told}; and ${ops.length - MAX_TOLD} more operations` : told;
}

/** A chain of causes from a write to an operation that has it in its past. */
export const causalChain = (causes: Causes, clocks: Clocks, write: number, end: number): Step[] =>
  chain(causes, write, end, readsFrom(causes), (id) => clocks.knows(id, write));

/** WriteCOInitRead: nothing was read although a write is in the past. */
export function reportInitRead(
  registers: Registers,
  clocks: Clocks,
  write: number,
  read: number,
  anomalies: Anomalies,
): void {
  anomalies.add("WriteCOInitRead", () => {
    const at = lookup(registers);
    const steps = causalChain(registers, clocks, write, read);
    return {
      rulesOut: NOT_CAUSAL,
      key: registers.keyNames[registers.key[read] as number] as string,
      explanation: `${who(at(read))}, as if it had never been written; but ${who(at(write))}, and that is in the causal past of the read.`,
      ops: mentioned(steps, at),
      because: ties(steps, at),
    };
  });
}

/** WriteCORead: what was read had been overwritten in the reader's own past. */
export function reportOverwritten(
  registers: Registers,
  clocks: Clocks,
  source: number,
  over: number,
  read: number,
  anomalies: Anomalies,
): void {
  anomalies.add("WriteCORead", () => {
    const at = lookup(registers);
    // Each is told by itself: as one chain they would pass over the write, if that is of the reader's own session.
    const [before, after] = [causalChain(registers, clocks, source, over), causalChain(registers, clocks, over, read)];
    const old = written(at(source));
    return {
      rulesOut: NOT_CAUSAL,
      key: registers.keyNames[registers.key[read] as number] as string,
      explanation: `${who(at(read))}, although ${who(at(over))} with ${old} in its causal past, and that is in turn in the causal past of the read: ${old} had been overwritten.`,
      ops: mentioned([...before, ...after], at, [over]),
      because: [...ties(before, at), ...ties(after, at)],
    };
  });
}

/** Finds the operations of a history of registers. */
export const lookup =
  (registers: Registers): Lookup =>
  (id) =>
    operation(registers, id);
