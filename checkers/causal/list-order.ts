import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import { type Access, type KeyIndex, named } from "../shared/history-index.ts";
import { shown } from "../shared/phrases.ts";
import type { Clocks } from "./clocks.ts";
import { type Lookup, mentioned, ties } from "./explain.ts";
import { causalChain, NOT_CAUSAL } from "./report.ts";

/** The list of a key that was judged last, and all that its elements know: for each session a bound as in `Clocks`. */
interface Judged {
  readonly appends: readonly Access[];
  readonly known: Int32Array;
}

/** Whether lists show causes before their effects. A list that goes on where the one before ended is judged from there. */
export class OrderOfCauses {
  readonly #causes: Causes;
  readonly #clocks: Clocks;
  readonly #at: Lookup;
  readonly #anomalies: Anomalies;
  readonly #judged = new Map<KeyIndex, Judged>();

  constructor(causes: Causes, clocks: Clocks, at: Lookup, anomalies: Anomalies) {
    this.#causes = causes;
    this.#clocks = clocks;
    this.#at = at;
    this.#anomalies = anomalies;
  }

  judge(read: Access, appends: readonly Access[]): void {
    const before = this.#judged.get(read.key);
    const { appends: done, known } = before?.appends.every((append, i) => append === appends[i])
      ? before
      : { appends: [], known: new Int32Array(this.#causes.first.length - 1) };
    for (let i = done.length; i < appends.length; i++) {
      const append = appends[i] as Access;
      if (append.id < (known[append.session] as number)) this.#report(read, appends, i);
      for (let s = 0; s < known.length; s++)
        known[s] = Math.max(known[s] as number, this.#clocks.knownOf(append.id, s));
    }
    this.#judged.set(read.key, { appends, known });
  }

  /** The append at `i` is a cause of one that the list shows before it. */
  #report(read: Access, appends: readonly Access[], i: number): void {
    const cause = appends[i] as Access;
    const effect = appends.slice(0, i).find(({ id }) => this.#clocks.knows(id, cause.id));
    if (!effect) return;
    this.#anomalies.add("effect-before-cause", () => {
      const steps = causalChain(this.#causes, this.#clocks, cause.id, effect.id);
      const [first, second] = [shown(cause, cause.wrote ?? 0), shown(effect, effect.wrote ?? 0)];
      return {
        rulesOut: NOT_CAUSAL,
        key: read.key.name,
        explanation: `process ${read.op.process} read ${named(read.key.name)} with ${second} before ${first}, although ${first} is in the causal past of the append of ${second}.`,
        ops: mentioned(steps, this.#at, [read.id]),
        because: [...ties(steps, this.#at), because(effect.op, read.op, `the list shows ${second} before ${first}`)],
      };
    });
  }
}
