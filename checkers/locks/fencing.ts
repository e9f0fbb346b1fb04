import type { Checker } from "../../src/core/checker.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { isInteger, malformed, objectChecker, operationsByKey } from "../shared/object-checker.ts";
import { at } from "../shared/phrases.ts";
import { canonical, isArray, show } from "../shared/values.ts";

/**
 * Fencing tokens (Kleppmann, "How to do distributed locking", 2016): each `acquire` yields an integer larger than those of
 * all acquisitions before it, and the resource that the lock protects refuses a token smaller than one it has seen.
 *
 * - `acquire` yields the token; without one it is looked over. `release` is, too.
 * - `write` is an access to a protected resource, its key. Its input is an object with the `token`, or its output is, where the
 *   client's library adds it. It is accepted if `ok`.
 * - `read` yields what the resource holds: the input of the write that it accepted last. So it has accepted that write's token by
 *   then, and none smaller after a larger one. What nobody or several wrote, and what has no token, is looked over.
 *
 * Only what real time or a process's own order decides is judged; two acquisitions with one token are wrong in any case. A
 * valid verdict vouches for the tokens alone. `checked` counts tokens that were handed out or accepted.
 */
export function fencing(): Checker {
  return objectChecker({
    name: "fencing",
    tests: ["fencing"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const [key, ops] of operationsByKey(history)) {
        deadline.step();
        const handedOut = ops.flatMap((op) => (op.f === "acquire" ? tokenOut(op) : []));
        const accepted = acceptedIn(ops);
        for (const op of ops)
          if (op.outcome.type !== "fail" && !KNOWN.includes(op.f)) malformed(op, `must be one of ${KNOWN.join(", ")}`);
        for (const uses of [handedOut, accepted]) {
          if (uses.length > 1) checked += uses.length;
          findDecreases(key, uses, uses === handedOut, anomalies);
        }
        findEqual(key, handedOut, anomalies);
      }
      return checked > 0 ? checked : "no two fencing tokens were handed out or accepted";
    },
  });
}

const KNOWN: readonly string[] = ["acquire", "release", "write", "read"];

/** An operation that was answered, with its token. */
interface Use {
  readonly op: Operation;
  readonly token: number;
  /** The accepted write that a read shows. */
  readonly shown?: Operation;
}

function tokenOut(op: Operation): Use[] {
  if (op.outcome.type !== "ok" || (op.outcome.value ?? null) === null) return [];
  const token = op.outcome.value;
  return [{ op, token: isInteger(token) ? token : malformed(op, "a fencing token must be an integer") }];
}

/** Accepted writes, and reads that show one whose token is known, in order of calls. */
function acceptedIn(ops: readonly Operation[]): Use[] {
  const writes = new Map<string, Use[]>();
  for (const op of ops)
    if (op.f === "write") {
      const value = canonical(op.input ?? null);
      writes.set(value, [...(writes.get(value) ?? []), ...tokenIn(op)]);
    }
  return ops.flatMap((op) => {
    if (op.outcome.type !== "ok") return [];
    if (op.f === "write") return tokenIn(op);
    const [write, another] = op.f === "read" ? (writes.get(canonical(op.outcome.value ?? null)) ?? []) : [];
    return write === undefined || another !== undefined ? [] : [{ op, token: write.token, shown: write.op }];
  });
}

/** The token of a write that was or may have been accepted; none if nobody told it. */
function tokenIn(op: Operation): Use[] {
  const { input, outcome } = op;
  if (outcome.type === "fail") return [];
  const token = tokenOf(input) ?? (outcome.type === "ok" ? tokenOf(outcome.value) : undefined);
  if (isInteger(token)) return [{ op, token }];
  return outcome.type === "ok"
    ? malformed(op, "the input of a write, or what it yields, must have a fencing token, an integer")
    : [];
}

const tokenOf = (value: Json): Json | undefined =>
  typeof value === "object" && value !== null && !isArray(value) ? value.token : undefined;

/** Finds uses of a token smaller than that of one that was over before. `uses` is in order of calls. */
function findDecreases(key: string, uses: readonly Use[], handedOut: boolean, anomalies: Anomalies): void {
  const byReturn = [...uses].sort((a, b) => a.op.returnNs - b.op.returnNs);
  const ofProcess = new Map<number, Use>();
  let over = 0;
  let greatest: Use | undefined;
  for (const use of uses) {
    for (let next = byReturn[over]; next !== undefined && next.op.returnNs < use.op.callNs; next = byReturn[++over])
      if (greatest === undefined || next.token > greatest.token) greatest = next;
    const own = ofProcess.get(use.op.process);
    if (own !== undefined && use.token < own.token) report(key, own, use, handedOut, anomalies);
    else if (greatest !== undefined && use.token < greatest.token) report(key, greatest, use, handedOut, anomalies);
    if (own === undefined || use.token > own.token) ofProcess.set(use.op.process, use);
  }
}

function report(key: string, before: Use, use: Use, handedOut: boolean, anomalies: Anomalies): void {
  const same = before.op.process === use.op.process;
  const sighted = before.shown !== undefined || use.shown !== undefined;
  const [kind, explanation] = handedOut
    ? (["non-monotonic-token", decreaseInWords(before, use)] as const)
    : (["stale-token-accepted", staleInWords(before, use)] as const);
  anomalies.add(kind, () => ({
    rulesOut: same && !sighted ? ["fencing", "pram"] : ["fencing"],
    key,
    explanation,
    ops: [before.shown, before.op, use.shown, use.op].filter((op) => op !== undefined),
    because: [
      because(before.op, use.op, `over before the other was called, and ${before.token} is larger than ${use.token}`),
    ],
  }));
}

const decreaseInWords = (before: Use, { op, token }: Use): string =>
  `process ${op.process} acquired the lock at ${at(op.returnNs)} with the fencing token ${token}, but process ${before.op.process} had got the larger ${before.token} by ${at(before.op.returnNs)}; later holders must get larger tokens, else they are taken for the earlier ones.`;

function staleInWords(before: Use, { op, token, shown }: Use): string {
  const what = shown
    ? `the resource showed process ${op.process} the value ${show(shown.input)} at ${at(op.returnNs)}, a write of process ${shown.process} with the fencing token ${token},`
    : `the resource accepted a write of process ${op.process} with the fencing token ${token} at ${at(op.returnNs)},`;
  const writer = before.shown ?? before.op;
  return `${what} though it had accepted the larger ${before.token} of process ${writer.process} by ${at(before.op.returnNs)}: a holder whose time was up got through.`;
}

function findEqual(key: string, uses: readonly Use[], anomalies: Anomalies): void {
  const owners = new Map<number, Use>();
  for (const use of uses) {
    const owner = owners.get(use.token);
    if (owner === undefined) {
      owners.set(use.token, use);
      continue;
    }
    anomalies.add("duplicate-token", () => ({
      rulesOut: ["fencing", owner.op.process === use.op.process ? "pram" : "sequential"],
      key,
      explanation: `process ${owner.op.process} and process ${use.op.process} both acquired the lock with the fencing token ${use.token}, so that a resource cannot tell them apart.`,
      ops: [owner.op, use.op],
      because: [because(owner.op, use.op, `${use.token} had been handed out already`)],
    }));
  }
}
