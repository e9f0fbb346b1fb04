import type { ConsistencyModel } from "../core/consistency.ts";
import type { Json } from "../core/json.ts";
import type { Operation } from "../core/operation.ts";
import { nsToMs } from "../core/time.ts";
import { kindsOf } from "../report/words.ts";
import type { Run, StageEvent } from "./play.ts";
import { value } from "./wire/label.ts";

/** What a run is found to be, held against what a scenario says of it. */
export interface Finding {
  readonly holds: boolean;
  /** What was found, a few words: `read-your-writes broken: 1 missed-own-write`. */
  readonly found: string;
  /** More of it, a sentence or two. */
  readonly because?: string;
}

/** Something that must be seen in a run. */
export type Fact = (run: Run) => Finding;

/** The history refutes a consistency model; `kind`, if given, is that of one of the anomalies that do. */
export const broken =
  (model: ConsistencyModel, kind?: string): Fact =>
  (run) => {
    const verdict = verdictOn(run, model);
    const anomaly = verdict?.anomalies.find((one) => kind === undefined || one.kind === kind);
    return { ...describe(run, model), holds: verdict?.verdict === "invalid" && anomaly !== undefined };
  };

/** The history satisfies a consistency model, and something in it could have refuted that. */
export const held =
  (model: ConsistencyModel): Fact =>
  (run) => {
    const verdict = verdictOn(run, model);
    return { ...describe(run, model), holds: verdict?.verdict === "valid" && verdict.checked > 0 };
  };

/** What is measured in a run, in words as in `acknowledged writes gone`, is just this. */
export const measured =
  (what: string, measure: (run: Run) => Json, expected: Json): Fact =>
  (run) => {
    const found = measure(run);
    return { found: `${what}: ${inWords(found)}`, holds: JSON.stringify(found) === JSON.stringify(expected) };
  };

/** A list is what was seen one after the other; a list in it is a value. */
const inWords = (found: Json): string =>
  Array.isArray(found) ? (found as readonly Json[]).map(word).join(", ") : word(found);

const word = (found: Json): string => (typeof found === "string" ? found : value(found));

const verdictOn = ({ models }: Run, model: ConsistencyModel) => models.find((one) => one.model === model);

function describe(run: Run, model: ConsistencyModel): Omit<Finding, "holds"> {
  const verdict = verdictOn(run, model);
  if (verdict === undefined || verdict.verdict === "unknown")
    return { found: `${model} unknown`, ...(verdict?.detail === undefined ? {} : { because: verdict.detail }) };
  if (verdict.verdict === "valid") return { found: `${model} held (${verdict.checked} checked)` };
  const [first] = verdict.anomalies;
  return {
    found: `${model} broken: ${kindsOf(verdict.anomalies)}`,
    ...(first === undefined ? {} : { because: withNames(run, first.explanation) }),
  };
}

/** Puts the clients' names in place of the numbers of their processes. */
const withNames = ({ clients }: Run, text: string): string =>
  text.replace(/\b[Pp]rocess (\d+)(?! (?:and|or) \d)/g, (all, process: string) => clients.get(Number(process)) ?? all);

/** The operations of a client, in order. */
export const operationsOf = ({ history, clients }: Run, client: string): Operation[] =>
  history.ops.filter((op) => clients.get(op.process) === client);

/** What a client read, one after the other; in place of a value why there is none. */
export const readBy =
  (client: string) =>
  (run: Run): Json =>
    operationsOf(run, client)
      .filter(({ f }) => f === "read")
      .map(answerTo);

/** What became of a client's operations, one after the other: `ok`, or what was read, or why there is no answer. */
export const answersTo =
  (client: string) =>
  (run: Run): Json =>
    operationsOf(run, client).map((op) => (op.f !== "read" && op.outcome.type === "ok" ? "ok" : answerTo(op)));

const answerTo = ({ outcome }: Operation): Json =>
  outcome.type === "ok" ? outcome.value : outcome.type === "fail" ? "refused" : "no answer";

/** What each node has of a key at the end, in the order of the nodes. Needs `Stage.settleMs`. */
export const copiesOf =
  (key: string) =>
  ({ history }: Run): Json =>
    history.ops.filter((op) => op.final && op.key === key).map(answerTo);

/** How many writes (of whatever kind) were acknowledged. */
export const acknowledged = ({ history }: Run): number => acknowledgedIn(history.ops).length;

/** How many elements that were acknowledged no node has at the end. Needs `Stage.settleMs`, and sets or lists. */
export function acknowledgedGone({ history }: Run): number {
  const left = new Set(
    history.ops.flatMap(({ final, outcome, key }) =>
      final && outcome.type === "ok" && Array.isArray(outcome.value) ? outcome.value.map((one) => named(key, one)) : [],
    ),
  );
  return acknowledgedIn(history.ops).filter(({ key, input }) => !left.has(named(key, input))).length;
}

const named = (key: string | undefined, element: unknown): string => JSON.stringify([key, element]);

const acknowledgedIn = (ops: readonly Operation[]): Operation[] =>
  ops.filter(({ f, outcome }) => f !== "read" && outcome.type === "ok");

/** The longest that an operation of this kind took which was answered, milliseconds. */
export const slowest =
  (f: string) =>
  ({ history }: Run): number =>
    Math.round(
      history.ops
        .filter((op) => op.f === f && op.outcome.type === "ok")
        .reduce((longest, { callNs, returnNs }) => Math.max(longest, nsToMs(returnNs - callNs)), 0),
    );

type Traced = Extract<StageEvent, { kind: "trace" }>;

/** The trace events of this name. */
export const traced = ({ log }: Run, event: string): Traced[] =>
  log.filter((one): one is Traced => one.kind === "trace" && one.event === event);

/** How many messages of this type nodes sent each other. */
export const sent = ({ log }: Run, type: string): number =>
  log.filter(
    (one) =>
      one.kind === "message" &&
      one.message.event === "send" &&
      (one.message.body as { readonly type?: string }).type === type,
  ).length;
