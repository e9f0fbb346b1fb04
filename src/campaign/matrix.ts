import {
  CONSISTENCY_MODELS,
  type ConsistencyModel,
  strongerOrEqual,
  weakerOrEqual,
  weakest,
} from "../core/consistency.ts";
import type { RunVerdict } from "../core/verdict.ts";
import { notSeenToBreak } from "./promises.ts";

/** Where something was seen: a seed, the workload that it drove, and what a person types to see it again. */
export interface Sighting {
  readonly seed: number;
  readonly workload: string;
  readonly command: string;
}

/**
 * What was measured of one consistency model. `held`: no history broke it, and so many proved it. `broken`: so many
 * histories refute it, and where the first is to be seen. `unknown`: none could tell.
 */
export type Finding =
  | { readonly state: "held"; readonly histories: number }
  | ({ readonly state: "broken"; readonly histories: number } & Sighting)
  | { readonly state: "unknown" };

/** A measurement beside what the configuration says of it; `null` where it says nothing. */
export type Cell = Finding & { readonly promise: "holds" | "breaks" | null };

/** Where what was measured differs from what was promised. Of models only the extremes are named. */
export type Difference =
  | ({ readonly kind: "broken"; readonly model: ConsistencyModel } & Sighting)
  /** Must be seen to break, and was not. `command` goes on searching. */
  | { readonly kind: "not-seen"; readonly model: ConsistencyModel; readonly command: string }
  /** Promised, and its workloads test it, but no history could be judged. */
  | { readonly kind: "unjudged"; readonly model: ConsistencyModel; readonly command: string }
  /** A white-box property was violated. */
  | ({ readonly kind: "invariant"; readonly name: string; readonly explanation: string } & Sighting)
  /** A handler of the model threw. */
  | ({ readonly kind: "crash"; readonly explanation: string } & Sighting);

/** How a cluster serves clients that are cut off with a minority of the nodes. Shares are of operations answered in time. */
export interface Minority {
  /** What is answered whichever nodes make up the minority. */
  readonly serves: "nothing" | "reads" | "writes" | "all";
  readonly reads: Share | null;
  readonly writes: Share | null;
}

/** In [0, 1]: the mean over all minorities, and in the one that is served worst. */
export interface Share {
  readonly mean: number;
  readonly worst: number;
}

/** How long operations take while nothing is broken, in one-way message delays. `null` where there were none. */
export interface Latency {
  readonly reads: Percentiles | null;
  readonly writes: Percentiles | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly operations: number;
}

/** A model in one configuration, measured. */
export interface MatrixRow {
  readonly system: string;
  /** As on the command line; what it leaves out is at its default. Empty if that is all. */
  readonly config: string;
  /** Seeds take them in turn. */
  readonly workloads: readonly string[];
  readonly histories: number;
  readonly operations: number;
  /** What was judged or promised, in the order of the lattice. */
  readonly cells: Readonly<Partial<Record<ConsistencyModel, Cell>>>;
  readonly minority: Minority;
  readonly latency: Latency;
  readonly asPromised: boolean;
  readonly differences: readonly Difference[];
}

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
