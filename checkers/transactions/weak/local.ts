import type { Anomaly } from "../../../src/core/checker.ts";
import { show } from "../../shared/values.ts";
import { INITIAL, type MalformedRead, WRITE } from "../transactions.ts";
import type { Facts } from "./facts.ts";
import type { Problem } from "./problems.ts";
import { opsOf, type Words } from "./words.ts";

/**
 * The models that fall with Read Atomic. Whoever sees one write of a transaction and misses another depends on it, and it
 * on him, with a single anti-dependency (Adya's G-single), or else the order of versions is part of a circle (G1c).
 */
export const NOT_ATOMIC = ["read-atomic", "consistent-view", "repeatable-read"] as const;

/** A read of a list that yielded none. */
export const malformedRead = ({ transaction, key, value }: MalformedRead, words: Words): Anomaly => ({
  kind: "malformed-read",
  key: words.key(key),
  rulesOut: ["read-committed"],
  explanation: `${words.fullName(transaction)} read ${show(value)} from ${words.key(key)}, which is a list and never had such a state.`,
  ops: [words.op(transaction)],
  because: [],
});

/**
 * What is wrong with single reads, in words. That a transaction reads what it wrote itself, and nothing that was not
 * written, is part of what a history is to Adya (thesis, §4.2); G1a and G1b are his names for the reads that Read Committed
 * forbids (§3.2.1). To read two different values of a key is allowed there, and not in Read Atomic (Cerone et al., INT).
 */
export function localAnomaly(problem: Problem, facts: Facts, words: Words): Anomaly {
  const { kind, txn, at, version, other } = problem;
  const { txns } = facts;
  const key = words.key(txns.key[at] as number);
  const reader = words.fullName(txn);
  const read = `${reader} read ${words.seen(at)}`;
  const from = (source: number, reason: string) => ({
    ops: opsOf([words.op(source), words.op(txn)]),
    because: [{ from: words.op(source), to: words.op(txn), reason }],
  });
  const alone = { ops: [words.op(txn)], because: [] };
  const committed = ["read-committed"] as const;
  switch (kind) {
    case "thin-air-read":
      return {
        kind,
        key,
        rulesOut: committed,
        explanation: `${read}, but nobody ever wrote ${words.value(version)} to ${key}: the value came out of thin air.`,
        ...alone,
      };
    case "aborted-read":
      return {
        kind,
        key,
        rulesOut: committed,
        explanation: `${read}, which only ${words.fullName(other)} wrote, and that transaction was aborted: nobody must ever see its writes (G1a).`,
        ...from(
          other,
          `${words.name(txn)} read ${words.version(version)}, which ${words.name(other)} wrote before it was aborted`,
        ),
      };
    case "intermediate-read": {
      const last = words.version(words.lastWritten(other, txns.key[at] as number));
      return {
        kind,
        key,
        rulesOut: committed,
        explanation: `${read} from ${words.fullName(other)}, which went on to write ${last} before it committed: ${words.value(version)} was only a step on the way, and nobody else must see it (G1b).`,
        ...from(
          other,
          `${words.name(txn)} read ${words.version(version)}, which ${words.name(other)} replaced by ${last} before it committed`,
        ),
      };
    }
    case "duplicate-elements":
      return {
        kind,
        key,
        rulesOut: committed,
        explanation: `${read}, with ${words.value(version)} in it more than once; but ${words.fullName(other)} appended it once.`,
        ...from(
          other,
          `${words.name(txn)} saw ${words.value(version)} more than once, which ${words.name(other)} appended`,
        ),
      };
    case "incompatible-order":
      return {
        kind,
        key,
        rulesOut: committed,
        explanation: `${read}, but ${words.fullName(words.transactionOf(other))} read ${words.seen(other)}: neither is the beginning of the other, so there is no one list that both are states of.`,
        ...from(
          words.transactionOf(other),
          `${words.name(txn)} read another list than ${words.name(words.transactionOf(other))}`,
        ),
      };
    case "misordered-appends": {
      const reader = words.transactionOf(other);
      return {
        kind,
        key,
        rulesOut: committed,
        explanation: `${words.fullName(txn)} appended ${words.value(version)} to ${key} after it had appended something else there, but ${words.fullName(reader)} read ${words.seen(other)}, where it does not come after that.`,
        ops: opsOf([words.op(txn), words.op(reader)]),
        because: [
          {
            from: words.op(txn),
            to: words.op(reader),
            reason: `${words.name(reader)} saw the appends of ${words.name(txn)} in another order`,
          },
        ],
      };
    }
    case "future-read":
      return {
        kind,
        key,
        rulesOut: committed,
        explanation: `${read} before it wrote that value itself, and nobody else wrote it: the value was read before it existed.`,
        ...alone,
      };
    case "own-write-missed":
      return {
        kind,
        key,
        rulesOut: committed,
        explanation: `${reader} wrote ${words.version(other)}, but then ${txns.version[at] === INITIAL ? "found" : "read"} ${words.seen(at)}: a transaction must see what it wrote last itself.`,
        ...alone,
      };
    case "non-repeatable-read": {
      const writers = [txns.version[other] as number, version].flatMap((seen) =>
        seen === INITIAL ? [] : [{ writer: facts.writer[seen] as number, seen }],
      );
      // Of a list it may also have appended to it itself.
      const meanwhile = txns.f.subarray(other, at).some((f, i) => f === WRITE && txns.key[other + i] === txns.key[at])
        ? "and not only by what it appended itself"
        : "without a write of its own in between";
      return {
        kind,
        key,
        rulesOut: NOT_ATOMIC,
        explanation: `${reader} found ${words.seen(other)} first and ${words.seen(at)} later, ${meanwhile}: it saw ${key} change under its eyes, so it did not see other transactions as a whole or not at all.`,
        ops: opsOf([...writers.map(({ writer }) => words.op(writer)), words.op(txn)]),
        because: writers.map(({ writer, seen }) => ({
          from: words.op(writer),
          to: words.op(txn),
          reason: `${words.name(txn)} read ${words.version(seen)}, which ${words.name(writer)} wrote`,
        })),
      };
    }
  }
}
