import type { Env } from "../../core/replica.ts";

const PREFIX = "alarm ";

/** Calls back later, each time by a timer of its own. */
export class Alarms {
  readonly #env: Pick<Env, "setTimer" | "clearTimer">;
  readonly #due = new Map<string, () => void>();
  #last = 0;

  constructor(env: Pick<Env, "setTimer" | "clearTimer">) {
    this.#env = env;
  }

  /** Gives a way to call it off. */
  after(ms: number, act: () => void): () => void {
    const name = `${PREFIX}${++this.#last}`;
    this.#due.set(name, act);
    this.#env.setTimer(name, ms);
    return () => {
      if (this.#due.delete(name)) this.#env.clearTimer(name);
    };
  }

  static owns(timer: string): boolean {
    return timer.startsWith(PREFIX);
  }

  onTimer(name: string): void {
    const act = this.#due.get(name);
    this.#due.delete(name);
    act?.();
  }
}
