import type { Json } from "../../src/core/json.ts";
import type { Invocation, Outcome } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical } from "../shared/values.ts";
import { numberIn } from "./shared.ts";

/** Who holds a lock how often, and the last fencing token that was told. */
export interface LockState {
  /** As `holderOf` names it; `undefined` if the lock is free. */
  readonly holder: string | undefined;
  /** How often the holder has acquired it. */
  readonly depth: number;
  readonly token: number;
}

type Step = Invocation & { readonly process?: number };

/** Who acquires or releases: whom the input names, or else the process. */
export const holderOf = ({ input, process }: Step): string =>
  (input ?? null) === null ? `process ${process ?? 0}` : canonical(input as Json);

const FREE: LockState = { holder: undefined, depth: 0, token: Number.NEGATIVE_INFINITY };

/** Leaves the lock with one acquisition less. */
function released(s: LockState): LockState {
  return s.depth > 1 ? { ...s, depth: s.depth - 1 } : { ...FREE, token: s.token };
}

/** What a lock that someone has tried to acquire looks like afterwards. */
function acquired(s: LockState, holder: string, reentrant: boolean): LockState | undefined {
  if (s.holder === undefined) return { ...s, holder, depth: 1 };
  return reentrant && s.holder === holder ? { ...s, depth: s.depth + 1 } : undefined;
}

/** A token larger than all before; what was not told is not checked. */
function withToken(s: LockState, outcome: Outcome): LockState | undefined {
  if (outcome.type !== "ok" || (outcome.value ?? null) === null) return s;
  const token = numberIn(outcome.value, "the output of an acquire");
  return token > s.token ? { ...s, token } : undefined;
}

interface Kind {
  readonly name: string;
  readonly reentrant: boolean;
  readonly fenced: boolean;
}

/** An operation of unknown outcome that cannot happen in a state leaves that state as it is. */
function lock({ name, reentrant, fenced }: Kind): Spec<LockState> {
  return {
    name,
    functions: {
      acquire: `input who acquires it, or null for the process, output ${fenced ? "the token, a number" : "null"}`,
      release: "input who releases it, or null for the process",
    },
    init: () => FREE,
    step(s, op, outcome) {
      const holder = holderOf(op);
      if (op.f === "release") {
        if (s.holder === holder) return outcome.type === "fail" ? undefined : released(s);
        return outcome.type === "ok" ? undefined : s;
      }
      const next = acquired(s, holder, reentrant);
      if (outcome.type === "fail") return next === undefined ? s : undefined;
      if (next === undefined) return outcome.type === "info" ? s : undefined;
      return fenced ? withToken(next, outcome) : next;
    },
    key: (s) => `${s.token} ${s.depth} ${s.holder ?? ""}`,
    describe({ holder, depth, token }) {
      const times = depth > 1 ? `${depth} times ` : "";
      const last = token > Number.NEGATIVE_INFINITY ? `, the last token being ${token}` : "";
      return `${holder === undefined ? "free" : `held ${times}by ${holder}`}${last}`;
    },
    isRead: () => false,
    // An acquire fails so if the lock was held, a release if it was not its own.
    observes: (_, outcome) => outcome.error.name === "precondition-failed",
    perKey: true,
    byProcess: true,
  };
}

/**
 * A mutual exclusion lock per key: `acquire`, `release`. Only who acquired it can release it. Who that is says the input
 * (a client's name) or else the process; a process ends with an unknown outcome, and then nobody releases what it holds.
 */
export const mutex = lock({ name: "mutex", reentrant: false, fenced: false });

/** The same, but the holder may acquire it again, and must then release it as often. */
export const reentrantMutex = lock({ name: "reentrant-mutex", reentrant: true, fenced: false });

/**
 * A lock with fencing tokens: each `acquire` yields a number larger than those of all earlier ones (Kleppmann, "How to do
 * distributed locking", 2016).
 */
export const fencedLock = lock({ name: "fenced-lock", reentrant: false, fenced: true });

/** A lock, and the register that it protects as long as all keep to it. */
interface GuardedState {
  readonly lock: LockState;
  readonly value: Json;
}

/**
 * A lock with fencing tokens and a resource that it protects, as they ideally are: `write` yields the token that came with
 * it, and `read` what was written last.
 */
export const guardedResource: Spec<GuardedState> = {
  name: "lock",
  functions: { ...fencedLock.functions, write: "value, output the token as {token}", read: "yields the value" },
  init: () => ({ lock: FREE, value: null }),
  step(s, op, outcome) {
    if (op.f === "read")
      return outcome.type !== "ok" || canonical(outcome.value) === canonical(s.value) ? s : undefined;
    if (op.f === "write") return outcome.type === "fail" ? s : { ...s, value: op.input ?? null };
    const lock = fencedLock.step(s.lock, op, outcome);
    return lock && { ...s, lock };
  },
  key: (s) => `${fencedLock.key(s.lock)} ${canonical(s.value)}`,
  describe: (s) => `${fencedLock.describe(s.lock)}; the resource holds ${canonical(s.value)}`,
  isRead: (f) => f === "read",
  observes: fencedLock.observes,
  perKey: true,
  byProcess: true,
};
