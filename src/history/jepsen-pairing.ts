import type { OpError } from "../core/errors.ts";
import type { History } from "../core/history.ts";
import type { Json } from "../core/json.ts";
import type { NodeId, Operation, Outcome } from "../core/operation.ts";
import { HistoryError } from "./errors.ts";
import { splitTuples } from "./jepsen-independent.ts";
import { JSONL_VERSION, UNFINISHED } from "./jsonl.ts";

/** One event of a client in a Jepsen history, whatever it was written in. */
export interface JepsenEvent {
  readonly line: number;
  readonly process: number;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly value: Json;
  readonly key?: string;
  readonly node?: NodeId;
  /** Nanoseconds from the run's start, if the history says so. */
  readonly timeNs?: number;
  readonly error?: OpError;
}

/** How a Jepsen history is to be read. */
export interface JepsenOptions {
  /**
   * True if values are tuples `[key value]` of Jepsen's `independent`, false if not. By default they are taken for such
   * if every value of the history has that form and reads are invoked with `[key nil]`.
   */
  readonly independent?: boolean;
  /** Told what a person should know of how the history was read, one sentence at a time. */
  readonly onNote?: (note: string) => void;
}

/** An operation while its history is being read: its values are as they stand there. */
export interface Draft {
  readonly line: number;
  readonly process: number;
  readonly node: NodeId;
  readonly f: string;
  key: string | undefined;
  input: Json;
  callNs: number;
  returnNs: number;
  /** With an `ok`, the value of the completion. */
  outcome: Outcome;
}

/** What a process is at: an operation, or nothing ever again since its last one ended unknown. */
type State = { readonly open: Draft } | { readonly ended: Draft };

/**
 * Pairs invocations with completions, process by process, as Jepsen's checkers do (jepsen.history, "Operation
 * semantics"): the order of the file is the order of events. Times are kept, but moved forward as far as it takes to
 * agree with that order; without times the position in the file is the time.
 *
 * A history without a single invocation (as Elle's tests have) says when operations ended and not when they began. Each
 * is taken to have begun when its process had done the one before.
 */
export class JepsenPairing {
  readonly #options: JepsenOptions;
  readonly #drafts: Draft[] = [];
  readonly #processes = new Map<number, State>();
  /** Completions without an invocation. */
  readonly #orphans: Draft[] = [];
  #invocations = 0;
  #lastNs = -1;

  constructor(options: JepsenOptions = {}) {
    this.#options = options;
  }

  /** Throws a `HistoryError` that names the line. */
  add(event: JepsenEvent): void {
    const { timeNs } = event;
    const usable = timeNs !== undefined && Number.isSafeInteger(timeNs);
    this.#lastNs = Math.max(usable ? timeNs : 0, this.#lastNs + 1);
    if (event.type === "invoke") this.#invoke(event);
    else this.#complete(event, event.type);
  }

  /** The history, once all events were added. */
  finish(): History {
    const onlyCompletions = this.#invocations === 0 && this.#orphans.length > 0;
    const drafts = onlyCompletions ? begun(this.#orphans) : this.#drafts;
    if (onlyCompletions)
      this.#note(
        "the history has no invocations; each operation may have begun when the one before it in its process had ended",
      );
    const { independent } = this.#options;
    if (independent !== false && splitTuples(drafts, independent === true) && independent === undefined)
      this.#note("every value is a tuple [key value]; read as independent keys");
    const sessions = this.#sessions(drafts);
    return {
      ops: drafts.map((draft, index) => operation(draft, index, sessions.get(draft) ?? draft.process)),
      faults: [],
      meta: { version: JSONL_VERSION },
    };
  }

  #invoke(event: JepsenEvent): void {
    const { process, line } = event;
    const state = this.#processes.get(process);
    if (state !== undefined && "open" in state)
      throw new HistoryError(
        `process ${process} invokes ${event.f} while its ${state.open.f} of line ${state.open.line} has not completed; a process does one thing at a time`,
        { line },
      );
    if (this.#invocations === 0) this.#rejectOrphan(this.#orphans.find(({ outcome }) => outcome.type !== "info"));
    this.#invocations++;
    const open = this.#draft(event, this.#lastNs, UNFINISHED);
    this.#drafts.push(open);
    this.#processes.set(process, { open });
  }

  #complete(event: JepsenEvent, type: Outcome["type"]): void {
    const { process, line } = event;
    const outcome = outcomeOf(event, type);
    const state = this.#processes.get(process);
    if (state === undefined || "ended" in state) {
      const orphan = this.#draft(event, this.#lastNs, outcome);
      // Whoever reports something unknown that nobody asked for reports nothing.
      if (this.#invocations > 0 && type !== "info") this.#rejectOrphan(orphan);
      if (this.#invocations === 0) this.#orphans.push(orphan);
      return;
    }
    const { open } = state;
    if (open.f !== event.f)
      throw new HistoryError(
        `process ${process} completes ${event.f}, but in line ${open.line} it invoked ${open.f}; both must have the same :f`,
        { line },
      );
    open.outcome = outcome;
    open.key ??= event.key;
    if (type === "info") this.#processes.set(process, { ended: open });
    else {
      open.returnNs = this.#lastNs;
      this.#processes.delete(process);
    }
  }

  #rejectOrphan(orphan: Draft | undefined): void {
    if (orphan === undefined) return;
    throw new HistoryError(
      `process ${orphan.process} completes ${orphan.f} (:${orphan.outcome.type}) without an invocation; an :invoke of this process must stand before`,
      { line: orphan.line },
    );
  }

  #draft(event: JepsenEvent, callNs: number, outcome: Outcome): Draft {
    const { line, process, node = "", f, key, value } = event;
    return { line, process, node, f, key, input: value, callNs, returnNs: Infinity, outcome };
  }

  /**
   * A process that ended unknown must not go on (its operations would overlap), yet some histories let it: what follows
   * becomes a process of its own.
   */
  #sessions(drafts: readonly Draft[]): Map<Draft, number> {
    const sessions = new Map<Draft, number>();
    const now = new Map<number, number>();
    const crashed = new Set<number>();
    let free = drafts.reduce((most, { process }) => Math.max(most, process), -1) + 1;
    for (const draft of drafts) {
      const { process, outcome } = draft;
      if (crashed.delete(process)) {
        this.#note(
          `process ${process} goes on in line ${draft.line} after an :info; read as process ${free} from there`,
        );
        now.set(process, free++);
      }
      const session = now.get(process);
      if (session !== undefined) sessions.set(draft, session);
      if (outcome.type === "info") crashed.add(process);
    }
    return sessions;
  }

  #note(note: string): void {
    this.#options.onNote?.(note);
  }
}

/** Completions without invocations, as operations in the order in which they may have begun. */
function begun(completions: readonly Draft[]): Draft[] {
  const lastReturnNs = new Map<number, number>();
  for (const draft of completions) {
    const completedNs = draft.callNs;
    draft.callNs = (lastReturnNs.get(draft.process) ?? -1) + 1;
    if (draft.outcome.type !== "info") draft.returnNs = completedNs;
    lastReturnNs.set(draft.process, completedNs);
  }
  return [...completions].sort((a, b) => a.callNs - b.callNs);
}

function outcomeOf({ value, error }: JepsenEvent, type: Outcome["type"]): Outcome {
  if (type === "ok") return { type, value };
  if (error !== undefined) return { type, error };
  // Without an error a failed compare-and-set may have found another value, or not have been tried: it proves nothing.
  if (type === "fail") return { type, error: { name: "failed" } };
  return { type, error: { name: "unknown" } };
}

const FUNCTIONS: Readonly<Record<string, string>> = { r: "read", w: "write", "compare-and-set": "cas" };
const READS: readonly string[] = ["read", "get"];
/** Their completions repeat what was asked for. */
const WRITES: readonly string[] = ["write", "put", "append", "cas", "add", "enqueue"];

const canonical = (f: string): string => (Object.hasOwn(FUNCTIONS, f) ? (FUNCTIONS[f] as string) : f);

function operation(draft: Draft, index: number, process: number): Operation {
  const { node, key, callNs, returnNs, outcome } = draft;
  const f = canonical(draft.f);
  return {
    index,
    process,
    node,
    f,
    ...(key !== undefined && { key }),
    input: READS.includes(f) ? null : draft.input,
    callNs,
    returnNs,
    outcome: outcome.type === "ok" && WRITES.includes(f) ? { type: "ok", value: null } : outcome,
  };
}
