import type { OpError } from "../core/errors.ts";
import type { History } from "../core/history.ts";
import type { Json } from "../core/json.ts";
import type { NodeId, Outcome } from "../core/operation.ts";
import { HistoryError } from "./errors.ts";
import { type Draft, keyed } from "./jepsen-draft.ts";
import { splitTuples } from "./jepsen-independent.ts";
import { DONE, JSONL_VERSION, UNFINISHED } from "./jsonl.ts";

/** One event of a client in a Jepsen history, whatever it was written in. */
export interface JepsenEvent {
  readonly line: number;
  readonly process: number;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly value: Json;
  readonly key?: string | undefined;
  readonly node?: NodeId | undefined;
  /** Nanoseconds from the run's start, if the history says so. */
  readonly timeNs?: number | undefined;
  readonly error?: OpError | undefined;
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
  /** In order of invocation. They become the operations themselves, for of a long history there is no room for both. */
  readonly #drafts: Draft[] = [];
  /** On which line each was invoked. */
  readonly #lines: number[] = [];
  /** What a process is at, if it is at anything. Entries stay, for a map from which is deleted is built anew again and again. */
  readonly #open = new Map<number, Draft | undefined>();
  /** Completions without an invocation, and their lines. */
  readonly #orphans: Draft[] = [];
  readonly #orphanLines: number[] = [];
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
    const onlyCompletions = this.#drafts.length === 0 && this.#orphans.length > 0;
    const drafts = onlyCompletions ? begun(this.#orphans) : this.#drafts;
    if (onlyCompletions)
      this.#note(
        "the history has no invocations; each operation may have begun when the one before it in its process had ended",
      );
    const { independent } = this.#options;
    const areSplit = independent !== false && splitTuples(drafts, independent === true, onlyCompletions);
    if (areSplit && independent === undefined)
      this.#note("every value is a tuple [key value]; read as independent keys");
    this.#settle(drafts, onlyCompletions ? this.#orphanLines : this.#lines);
    return { ops: drafts, faults: [], meta: { version: JSONL_VERSION } };
  }

  #invoke(event: JepsenEvent): void {
    const { process, line } = event;
    const before = this.#open.get(process);
    if (before !== undefined)
      throw new HistoryError(
        `process ${process} invokes ${event.f} while its ${before.f} of line ${this.#lines[before.index]} has not completed; a process does one thing at a time`,
        { line },
      );
    if (this.#drafts.length === 0)
      this.#rejectOrphan(this.#orphans.findIndex(({ outcome }) => outcome.type !== "info"));
    const open = draftOf(event, this.#drafts.length, this.#lastNs, UNFINISHED);
    this.#drafts.push(open);
    this.#lines.push(line);
    this.#open.set(process, open);
  }

  #complete(event: JepsenEvent, type: Outcome["type"]): void {
    const { process, line } = event;
    const open = this.#open.get(process);
    if (open === undefined) {
      // Whoever reports something unknown that nobody asked for reports nothing.
      if (this.#drafts.length > 0 && type === "info") return;
      this.#orphans.push(draftOf(event, this.#orphans.length, this.#lastNs, outcomeOf(event, type)));
      this.#orphanLines.push(line);
      if (this.#drafts.length > 0) this.#rejectOrphan(this.#orphans.length - 1);
      return;
    }
    if (open.f !== event.f)
      throw new HistoryError(
        `process ${process} completes ${event.f}, but in line ${this.#lines[open.index]} it invoked ${open.f}; both must have the same :f`,
        { line },
      );
    this.#open.set(process, undefined);
    shareItems(open.input, event.value);
    open.outcome = outcomeOf(event, type);
    if (type !== "info") open.returnNs = this.#lastNs;
    if (event.key !== undefined && open.key === undefined) this.#drafts[open.index] = keyed(open, event.key);
  }

  #rejectOrphan(index: number): void {
    const orphan = this.#orphans[index];
    if (orphan === undefined) return;
    throw new HistoryError(
      `process ${orphan.process} completes ${orphan.f} (:${orphan.outcome.type}) without an invocation; an :invoke of this process must stand before`,
      { line: this.#orphanLines[index] as number },
    );
  }

  /**
   * A process that ended unknown must not go on (its operations would overlap), yet some histories let it: what follows
   * becomes a process of its own. `lines` are those of the drafts by the index that they had when they were made. Names
   * become the field's on the way: of a long history, each look at all drafts takes its time.
   */
  #settle(drafts: readonly Draft[], lines: readonly number[]): void {
    const now = new Map<number, number>();
    const crashed = new Set<number>();
    let free: number | undefined;
    for (let index = 0; index < drafts.length; index++) {
      const draft = drafts[index] as Draft;
      const { process, outcome } = draft;
      if (crashed.size > 0 && crashed.delete(process)) {
        free ??= drafts.reduce((most, { process }) => Math.max(most, process), -1) + 1;
        const line = lines[draft.index];
        this.#note(`process ${process} goes on in line ${line} after an :info; read as process ${free} from there`);
        now.set(process, free++);
      }
      if (outcome.type === "info") crashed.add(process);
      if (now.size > 0) draft.process = now.get(process) ?? process;
      draft.index = index;
      speakAsTheField(draft);
    }
  }

  #note(note: string): void {
    this.#options.onNote?.(note);
  }
}

function draftOf(event: JepsenEvent, index: number, callNs: number, outcome: Outcome): Draft {
  const { process, node = "", f, key, value: input } = event;
  // Two literals, for a spread would give every operation a layout of its own making.
  if (key === undefined) return { index, process, node, f, input, callNs, returnNs: Infinity, outcome };
  return { index, process, node, f, key, input, callNs, returnNs: Infinity, outcome };
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

/**
 * A completed transaction repeats the micro-operations that it was invoked with (`[:append 5 1]`). What is equal in both
 * lists becomes one object, which spares a tenth of the memory. `value` was read just now and nobody else has it.
 */
function shareItems(input: Json, value: Json): void {
  if (!Array.isArray(input) || !Array.isArray(value)) return;
  const length = Math.min(input.length, value.length);
  for (let i = 0; i < length; i++) if (input[i] !== value[i] && haveSameItems(input[i], value[i])) value[i] = input[i];
}

function haveSameItems(a: Json, b: Json): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const FAILED: Outcome = { type: "fail", error: { name: "failed" } };
const UNKNOWN: Outcome = { type: "info", error: { name: "unknown" } };

function outcomeOf({ value, error }: JepsenEvent, type: Outcome["type"]): Outcome {
  if (type === "ok") return value === null ? DONE : { type, value };
  if (error !== undefined) return { type, error };
  // Without an error a failed compare-and-set may have found another value, or not have been tried: it proves nothing.
  return type === "fail" ? FAILED : UNKNOWN;
}

const FUNCTIONS: Readonly<Record<string, string>> = { r: "read", w: "write", "compare-and-set": "cas" };
const READS: readonly string[] = ["read", "get"];
/** Their completions repeat what was asked for. */
const WRITES: readonly string[] = ["write", "put", "append", "cas", "add", "enqueue"];

const canonical = (f: string): string => (Object.hasOwn(FUNCTIONS, f) ? (FUNCTIONS[f] as string) : f);

/** The field's names for functions; no input of reads, and no output of writes. */
function speakAsTheField(draft: Draft): void {
  draft.f = canonical(draft.f);
  if (READS.includes(draft.f)) draft.input = null;
  else if (draft.outcome.type === "ok" && WRITES.includes(draft.f)) draft.outcome = DONE;
}
