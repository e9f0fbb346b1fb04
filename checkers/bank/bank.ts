import type { Checker } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { isInteger, malformed, objectChecker } from "../shared/object-checker.ts";
import { isArray, show, showSome } from "../shared/values.ts";

export interface BankOptions {
  /** What all accounts hold together. By default what the first answered read found. */
  readonly total?: number;
  /** The accounts' names. By default those of the first answered read and of all transfers. */
  readonly accounts?: readonly string[];
  /** True if balances may be negative; false by default. */
  readonly negativeBalances?: boolean;
}

/**
 * Models under which every read sees whole transfers, and transfers of one account follow one another: so the total never
 * changes and nobody overdraws. Lost updates and torn reads are cycles with a single anti-dependency (Adya, §4.2, PL-2+),
 * all on items (PL-2.99).
 */
const TRANSACTIONAL = ["balanced", "consistent-view", "repeatable-read"] as const;

/** In models of one object, a read is explained by a set of transfers, each as a whole. */
const WRONG = ["causal-cc", "pram", ...TRANSACTIONAL] as const;

/**
 * Accounts between which money is moved (Jepsen, `tests/bank`): `transfer {from, to, amount}`, and `read` of an object of
 * accounts and balances. Every read must show the same total, only known accounts, and no balance that is missing or, unless
 * they are allowed, negative. An account that a read does not show counts as 0.
 *
 * What the reads are compared with is Jepsen's: a valid verdict vouches for the balance alone. `checked` counts reads.
 * Closing reads of single copies are left out.
 */
export function bank(options: BankOptions = {}): Checker {
  return objectChecker({
    name: "bank",
    tests: ["balanced"],
    judge: (history, anomalies, deadline) => {
      const reads = answeredReads(history);
      const [first] = reads;
      if (first === undefined) return "no read of all accounts was answered";
      const accounts = new Set(options.accounts ?? [...Object.keys(first.balances), ...accountsOf(history)]);
      const expected = {
        total: options.total ?? totalOf(first),
        by: options.total === undefined ? first.op : undefined,
      };
      for (const read of reads) {
        deadline.step();
        judgeRead(read, accounts, expected, options.negativeBalances ?? false, anomalies);
      }
      return reads.length;
    },
  });
}

interface BankRead {
  readonly op: Operation;
  /** `null` where the read showed nothing for an account. */
  readonly balances: Readonly<Record<string, number | null>>;
}

function answeredReads(history: History): BankRead[] {
  const reads: BankRead[] = [];
  for (const op of history.ops) {
    if (op.final || op.outcome.type === "fail") continue;
    if (op.f === "transfer") transferOf(op);
    else if (op.f !== "read") malformed(op, `a bank knows read and transfer, but not ${op.f}`);
    else if (op.outcome.type === "ok") reads.push({ op, balances: balancesIn(op, op.outcome.value) });
  }
  return reads;
}

function balancesIn(op: Operation, value: Json | undefined): BankRead["balances"] {
  if (!isObject(value)) malformed(op, "a read of a bank must yield an object of accounts and balances");
  for (const balance of Object.values(value))
    if (balance !== null && !isInteger(balance)) malformed(op, "a balance must be an integer or null");
  return value as BankRead["balances"];
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !isArray(value);

/** The accounts of a transfer. Numbers and texts that look alike are the same account. */
function transferOf(op: Operation): readonly [from: string, to: string] {
  const { input } = op;
  if (!isObject(input) || !isAccount(input.from) || !isAccount(input.to) || !isInteger(input.amount))
    malformed(op, "the input of a transfer must be {from, to, amount}");
  return [String(input.from), String(input.to)];
}

const isAccount = (value: Json | undefined): value is string | number =>
  typeof value === "string" || typeof value === "number";

/** Every account that money was to go from or to. */
const accountsOf = (history: History): string[] =>
  history.ops.flatMap((op) => (op.f === "transfer" && op.outcome.type !== "fail" ? transferOf(op) : []));

const totalOf = ({ balances }: BankRead): number =>
  Object.values(balances).reduce<number>((sum, balance) => sum + (balance ?? 0), 0);

/** The first thing that is wrong with a read, in Jepsen's order. */
function judgeRead(
  read: BankRead,
  accounts: ReadonlySet<string>,
  expected: { readonly total: number; readonly by: Operation | undefined },
  negative: boolean,
  anomalies: Anomalies,
): void {
  const { op, balances } = read;
  const names = Object.keys(balances);
  const found = (): string => `process ${op.process} read ${showBalances(balances)}`;
  const unexpected = names.filter((name) => !accounts.has(name));
  const missing = names.filter((name) => balances[name] === null);
  const total = totalOf(read);
  const overdrawn = negative ? [] : names.filter((name) => (balances[name] ?? 0) < 0);
  if (unexpected.length > 0)
    anomalies.add("unexpected-account", () => ({
      rulesOut: WRONG,
      explanation: `${found()}, but there is no account ${showSome(unexpected)}.`,
      ops: [op],
      because: [],
    }));
  else if (missing.length > 0)
    anomalies.add("nil-balance", () => ({
      rulesOut: WRONG,
      explanation: `${found()}, but every account has a balance, and that of ${showSome(missing)} is missing.`,
      ops: [op],
      because: [],
    }));
  else if (total !== expected.total)
    anomalies.add("wrong-total", () => ({
      rulesOut: WRONG,
      explanation: `${found()}, together ${total}, but transfers only move money: all accounts together must hold ${expected.total}${expected.by ? `, as process ${expected.by.process} had read` : ""}.`,
      ops: [...(expected.by ? [expected.by] : []), op],
      because: expected.by ? [because(expected.by, op, `together ${expected.total} there, and ${total} here`)] : [],
    }));
  else if (overdrawn.length > 0)
    anomalies.add("negative-balance", () => ({
      // In a causal bank, transfers that do not know of each other may overdraw an account.
      rulesOut: ["sequential", ...TRANSACTIONAL],
      explanation: `${found()}, but no transfer may take more than is there, and ${showSome(overdrawn)} ${overdrawn.length > 1 ? "are" : "is"} below zero.`,
      ops: [op],
      because: [],
    }));
}

/** As many accounts as a sentence takes. */
const MAX_ACCOUNTS = 12;

function showBalances(balances: BankRead["balances"]): string {
  const all = Object.entries(balances).map(([name, balance]) => `${name}: ${show(balance)}`);
  const more = all.length - MAX_ACCOUNTS;
  return `{${all.slice(0, MAX_ACCOUNTS).join(", ")}${more > 0 ? ` and ${more} more` : ""}}`;
}
