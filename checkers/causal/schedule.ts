import type { Causes } from "../shared/causes.ts";
import type { Deadline } from "../shared/deadline.ts";

/** The next operation of some session cannot be done before `cause` is. */
export interface Wait {
  readonly head: number;
  readonly cause: number;
}

/**
 * Does operations in an order that some relation allows, each session in its own order: a topological sort (Kahn, 1962)
 * that keeps one place a session instead of a count an operation.
 */
export class Schedule {
  readonly #causes: Causes;
  readonly #deadline: Deadline;
  /** For each session the first operation that is not done. */
  readonly #next: Int32Array;
  /** For each session what its next operation waits for. */
  readonly #cause: Int32Array;
  /** For each session the first of its operations that others wait for, and who they are. */
  readonly #awaited: Int32Array;
  readonly #waiting: number[][];

  constructor(causes: Causes, deadline: Deadline) {
    const sessions = causes.first.length - 1;
    this.#causes = causes;
    this.#deadline = deadline;
    this.#next = causes.first.slice(0, sessions);
    this.#cause = new Int32Array(sessions);
    this.#awaited = new Int32Array(sessions);
    this.#waiting = Array.from({ length: sessions }, () => []);
  }

  isDone(id: number): boolean {
    return id < (this.#next[this.#causes.session[id] as number] as number);
  }

  /**
   * Goes on as far as it can. `blocker` names an operation that is not done and must come before the given one, or -1.
   * Returns `undefined` if all is done; otherwise operations that wait for each other in a circle: each `cause` is the
   * next one's `head` or comes after it in its session. It may be called again when `blocker` has become more lenient.
   */
  run(blocker: (id: number) => number, visit?: (id: number) => void): Wait[] | undefined {
    const { session, first } = this.#causes;
    const sessions = this.#next.length;
    this.#awaited.fill(session.length);
    for (const list of this.#waiting) list.length = 0;
    const runnable: number[] = [];
    for (let s = sessions - 1; s >= 0; s--) if ((this.#next[s] as number) < (first[s + 1] as number)) runnable.push(s);
    for (let s = runnable.pop(); s !== undefined; s = runnable.pop()) {
      const end = first[s + 1] as number;
      for (let id = this.#next[s] as number; id < end; id++) {
        this.#deadline.step();
        const cause = blocker(id);
        if (cause !== -1) {
          this.#wait(s, cause);
          break;
        }
        visit?.(id);
        this.#next[s] = id + 1;
        if (id >= (this.#awaited[s] as number)) this.#release(s, runnable);
      }
    }
    for (let s = 0; s < sessions; s++) if ((this.#next[s] as number) < (first[s + 1] as number)) return this.#circle(s);
    return undefined;
  }

  #wait(waiting: number, cause: number): void {
    const awaited = this.#causes.session[cause] as number;
    this.#cause[waiting] = cause;
    this.#awaited[awaited] = Math.min(this.#awaited[awaited] as number, cause);
    this.#waiting[awaited]?.push(waiting);
  }

  #release(session: number, runnable: number[]): void {
    const list = this.#waiting[session] ?? [];
    const next = this.#next[session] as number;
    let left = 0;
    let awaited = this.#causes.session.length;
    for (const waiting of list) {
      const cause = this.#cause[waiting] as number;
      if (cause < next) runnable.push(waiting);
      else {
        list[left++] = waiting;
        awaited = Math.min(awaited, cause);
      }
    }
    list.length = left;
    this.#awaited[session] = awaited;
  }

  /** From a session that waits to the one that it waits for, until one comes back. */
  #circle(from: number): Wait[] {
    const path: Wait[] = [];
    const seen = new Map<number, number>();
    let session = from;
    while (!seen.has(session)) {
      seen.set(session, path.length);
      const cause = this.#cause[session] as number;
      path.push({ head: this.#next[session] as number, cause });
      session = this.#causes.session[cause] as number;
    }
    return path.slice(seen.get(session));
  }
}

/** The operations on a circle of waits: from each head to what the one before waits for, in session order. */
export function membersOf(circle: readonly Wait[]): number[] {
  const members: number[] = [];
  for (const [i, { head }] of circle.entries()) {
    const last = circle.at(i - 1)?.cause ?? head;
    for (let id = head; id <= last; id++) members.push(id);
  }
  return members;
}
