import { CONSISTENCY_MODELS } from "../core/consistency.ts";
import { VERDICT_SCHEMA } from "../core/verdict.ts";

/** The part of JSON Schema (2020-12) that describes the verdict. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
}

const object = (
  description: string,
  properties: Record<string, JsonSchema>,
  optional: readonly string[] = [],
): JsonSchema => ({
  type: "object",
  description,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const list = (description: string, items: JsonSchema, minItems = 0): JsonSchema => ({
  type: "array",
  description,
  items,
  minItems,
});
const text = (description: string): JsonSchema => ({ type: "string", description });
const textOrNull = (description: string): JsonSchema => ({ type: ["string", "null"], description });
const natural = (description: string): JsonSchema => ({ type: "integer", minimum: 0, description });
const judgement = (description: string): JsonSchema => ({ enum: ["valid", "invalid", "unknown"], description });
const modelName = (description: string): JsonSchema => ({ enum: CONSISTENCY_MODELS, description });

const because = object("Why two operations are tied.", {
  from: natural("Index of an operation in the history."),
  to: natural("Index of an operation in the history."),
  reason: text("A clause for people: why `from` must come before `to`, or what `to` saw of it."),
});

const anomaly = object(
  "One thing that went wrong, with its proof.",
  {
    kind: text("The field's name for it: stale-read, lost-write, …"),
    rulesOut: list(
      "The weakest models that it contradicts; all stronger ones fall with them.",
      modelName("A model."),
      1,
    ),
    explanation: text("What was seen and why it is impossible, in a sentence or two."),
    ops: list("The operations involved, in the order in which they are best read.", natural("Index in the history.")),
    because: list("The ties between them.", because),
    key: text("The object on which it was seen."),
    attempts: list(
      "Of linearizability: how far the operations shown can be put in order.",
      object("An order that goes no further.", {
        placed: list("The operations in that order.", natural("Index in the history.")),
        state: text("The state after them."),
        next: list(
          "What could come next by its time, and why it cannot.",
          object("A step that is illegal.", {
            op: natural("Index in the history."),
            why: text("What is wrong in that state."),
          }),
        ),
      }),
    ),
  },
  ["key", "attempts"],
);

const model = object(
  "What is known of one consistency model after all checkers have spoken.",
  {
    model: modelName("Its name."),
    verdict: judgement("valid: the history satisfies it. invalid: refuted. unknown: nobody could say."),
    promised: { type: "boolean", description: "True if the system promises it under these conditions." },
    checked: natural("How much the deciding checker exercised, in its own unit; 0 where unknown."),
    anomalies: list("What refutes it; an anomaly stands under every model that it rules out.", anomaly),
    detail: text("Why it is unknown."),
  },
  ["detail"],
);

const invariant = object("A property of the replicas' insides, checked in the simulator.", {
  name: text("Its name."),
  source: text("Paper and section."),
  verdict: judgement("unknown: no trace event ever put it to the test."),
  checked: natural("Trace events that put it to the test."),
  violations: list(
    "When and how it was violated.",
    object("A violation.", {
      atNs: { type: ["number", "null"], description: "Nanoseconds from the run's start; null if no instant is known." },
      explanation: text("What was seen."),
    }),
  ),
});

/**
 * JSON Schema (2020-12) of what `--json` prints and `verdict.json` holds. Within a version fields may be added, never
 * removed or given another meaning; so readers should ignore fields that they do not know.
 */
export const verdictJsonSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:${VERDICT_SCHEMA.replace("/", ":")}`,
  title: "Verdict on one history",
  ...object("The verdict of run, check and replay.", {
    schema: { const: VERDICT_SCHEMA, description: "Name and version of this schema." },
    verdict: judgement("invalid: a promise was broken. unknown: one could not be judged. valid: all were kept."),
    models: list("One entry a consistency model.", model),
    bounds: object("Where the history stands in the lattice of models: the extremes, without what they imply.", {
      held: list("The strongest models that it was proved to satisfy.", modelName("A model.")),
      possible: list("The strongest models that nothing refutes.", modelName("A model.")),
      refuted: list("The weakest models that were refuted.", modelName("A model.")),
    }),
    invariants: list("One entry an invariant; empty outside the simulator.", invariant),
    operations: object("Operations by outcome.", {
      ok: natural("They happened."),
      fail: natural("They definitely did not happen."),
      info: natural("They may have happened, or may still happen."),
    }),
    faults: list(
      "The kinds of fault that struck.",
      object("A kind of fault.", {
        kind: { type: "string", description: "partition, pause, kill, clock, link or disk." },
        struck: natural("How often it struck."),
        confirmed: natural("How often it was measured to be in force; 0 where the runtime has no need to."),
      }),
    ),
    replay: textOrNull("A command that shows the same again; null for a history that was not made here."),
    runDir: textOrNull("The run folder or the history file."),
  }),
};
