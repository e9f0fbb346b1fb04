import {
  CONSISTENCY_MODELS,
  type ConsistencyModel,
  strongerOrEqual,
  weakerOrEqual,
  weakest,
} from "../core/consistency.ts";
import type { Cell, Difference, Finding, MatrixRow, Sighting } from "../core/matrix.ts";
import type { RunVerdict } from "../core/verdict.ts";
import { notSeenToBreak } from "./promises.ts";

/** What a configuration says of itself, see `Model.holds` and `Model.breaks`. */
export interface Stated {
  readonly holds: readonly ConsistencyModel[];
  readonly breaks: readonly ConsistencyModel[];
  /** The models that the row's workloads are made to judge: a promised one among these must not stay unknown. */
  readonly testable: readonly ConsistencyModel[];
}

/** A history of a row, judged. */
export interface Judged extends Sighting {
  readonly verdict: Pick<RunVerdict, "models" | "invariants" | "operations">;
  /** Handlers that threw, in words. */
  readonly problems: readonly string[];
}

/** What the histories of a row, one after the other, tell of each consistency model. Remembers no history. */
export class Tally {
  histories = 0;
  operations = 0;
  readonly #held = new Map<ConsistencyModel, number>();
  readonly #broken = new Map<ConsistencyModel, { histories: number; first: Sighting }>();
  readonly #judged = new Set<ConsistencyModel>();
  readonly #inside = new Map<string, Difference>();

  add({ seed, workload, command, verdict, problems }: Judged): void {
    const here: Sighting = { seed, workload, command };
    const { ok, fail, info } = verdict.operations;
    this.histories++;
    this.operations += ok + fail + info;
    for (const { model, verdict: found } of verdict.models) {
      this.#judged.add(model);
      if (found === "valid") this.#held.set(model, (this.#held.get(model) ?? 0) + 1);
      if (found !== "invalid") continue;
      const before = this.#broken.get(model);
      this.#broken.set(model, { histories: (before?.histories ?? 0) + 1, first: before?.first ?? here });
    }
    // The first of a kind is enough: more of them teach nothing.
    const note = (key: string, difference: Difference): void => {
      if (!this.#inside.has(key)) this.#inside.set(key, difference);
    };
    for (const { name, verdict: found, violations } of verdict.invariants)
      if (found === "invalid")
        note(`invariant ${name}`, { kind: "invariant", name, explanation: violations[0]?.explanation ?? "", ...here });
    for (const explanation of problems) note("crash", { kind: "crash", explanation, ...here });
  }

  find(model: ConsistencyModel): Finding {
    const broken = this.#broken.get(model);
    if (broken) return { state: "broken", histories: broken.histories, ...broken.first };
    const histories = this.#held.get(model) ?? 0;
    return histories > 0 ? { state: "held", histories } : { state: "unknown" };
  }

  /** The models that must be seen to break and were not yet. */
  unseen({ breaks }: Pick<Stated, "breaks">): ConsistencyModel[] {
    const found = [...this.#broken.keys()].map((model) => ({ model, verdict: "invalid" }) as const);
    return notSeenToBreak(breaks, [found]);
  }

  cells({ holds, breaks }: Stated): MatrixRow["cells"] {
    const [held, broken] = [weakerOrEqual(holds), strongerOrEqual(breaks)];
    return Object.fromEntries(
      CONSISTENCY_MODELS.filter((model) => this.#judged.has(model) || breaks.includes(model)).map(
        (model): [string, Cell] => [
          model,
          { ...this.find(model), promise: held.includes(model) ? "holds" : broken.includes(model) ? "breaks" : null },
        ],
      ),
    );
  }

  /** Where what was found differs from what was stated; `searching` is the command that goes on looking for a model. */
  differences(stated: Stated, searching: (model: ConsistencyModel) => string): Difference[] {
    const promised = weakerOrEqual(stated.holds);
    const open = promised.filter((model) => stated.testable.includes(model) && this.find(model).state === "unknown");
    return [
      ...weakest(promised.filter((model) => this.#broken.has(model))).map(
        (model): Difference => ({ kind: "broken", model, ...(this.#broken.get(model)?.first as Sighting) }),
      ),
      ...this.unseen(stated).map((model): Difference => ({ kind: "not-seen", model, command: searching(model) })),
      ...open.map((model): Difference => ({ kind: "unjudged", model, command: searching(model) })),
      ...this.#inside.values(),
    ];
  }
}
