import type { Anomaly, Because } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { NS_PER_MS } from "../../src/core/time.ts";
import { canonical, show } from "../shared/values.ts";
import { attemptsAt } from "./attempts.ts";
import type { Proof } from "./decide.ts";
import { overtaken } from "./overtaken.ts";
import { precedes } from "./precedence.ts";
import { buildProblem } from "./problem.ts";
import { cutOff, Prover, type Refutation } from "./refutation.ts";
import { Removal } from "./removal.ts";
import { type Limits, search } from "./search.ts";
import { shrink } from "./shrink.ts";
import { seen, shows, written } from "./values.ts";
import { windowAt, withSources } from "./window.ts";
import { at, did, named, was, who } from "./words.ts";

/** Work that the evidence for one key may take, see `Prover`. */
const ALLOWANCE = 1_000_000;
/** Time for the evidence for one key, milliseconds. */
const EVIDENCE_MS = 2_000;
/** Time that it may take in any case, even if the budget of the check is used up. */
const MIN_EVIDENCE_MS = 200;
/** Operations up to which they are searched again as a whole. */
const MAX_SEARCHED = 10_000;
/** Operations shown where no few are known that are wrong by themselves. */
const MAX_SHOWN = 64;
/** Configurations of the search for the states that were possible. */
const MAX_CONFIGURATIONS = 2_000;
/** Different states told of. */
const MAX_STATES = 4;
/** Operations up to which the order of time between all of them is told. */
const MAX_TIED = 40;

/** Why the operations on a key, which are the `whole`, are not linearizable: the proof, made as small as it can be. */
export function explain(
  spec: Spec,
  key: string | undefined,
  { ops, stuckAt }: Proof,
  limits: Limits,
  whole: readonly Operation[] = ops,
): Anomaly {
  if (stuckAt === undefined) return unexplained(key, ops, ops.at(-1) as Operation);
  const now = performance.now();
  const deadlineMs = Math.min(now + EVIDENCE_MS, Math.max(limits.deadlineMs, now + MIN_EVIDENCE_MS));
  const prover = new Prover(spec, { ...limits, deadlineMs }, ALLOWANCE);
  const about = ops.length > MAX_SEARCHED ? windowAt(prover, ops, stuckAt) : withSources(prover, whole, ops, stuckAt);
  if (about === undefined || about.length > MAX_SEARCHED) return unexplained(key, ops, stuckAt);
  const refutation = cutOff(prover, about, stuckAt);
  if (prover.exhausted) return unexplained(key, ops, stuckAt);
  const removal = new Removal(spec, refutation.ops, about);
  const core = shrink(prover, removal, refutation);
  const source = sourceOf(spec, refutation, core);
  const later = removal.takenLater(core);
  const indices = new Set([...core, ...source, ...later].map(({ index }) => index));
  // As they were, not as the proof sees them.
  const shown = about.filter(({ index }) => indices.has(index));
  const attempts = attemptsAt(
    spec,
    key,
    [...core, ...source].sort((a, b) => a.index - b.index),
  );
  const turn = overtaken(spec, shown, refutation.culprit);
  return {
    kind: turn?.kind ?? (isStale(prover, refutation) ? "stale-read" : "nonlinearizable"),
    rulesOut: ["linearizable"],
    explanation:
      turn === undefined
        ? sentence(spec, key, refutation.culprit, core, limits)
        : `${subject(refutation.culprit)}, ${turn.although}.`,
    ops: shown.map(({ index }) => index),
    because: [...ties(shown, refutation.culprit), ...sights(spec, [...core, ...source], shown)],
    ...(key === undefined ? {} : { key }),
    ...(attempts.length === 0 ? {} : { attempts }),
  };
}

/** What is said of operations that are too many to be searched again, let alone to be made fewer. */
function unexplained(key: string | undefined, ops: readonly Operation[], stuckAt: Operation): Anomaly {
  const near = (op: Operation): boolean => op.callNs <= stuckAt.returnNs && op.returnNs >= stuckAt.callNs;
  const shown = ops.length <= MAX_SHOWN ? ops : ops.filter(near).slice(-MAX_SHOWN);
  const few = shown === ops ? "" : ` The ${shown.length} operations shown are only those about it, and no proof.`;
  const where = `; the search for one ended at the return of operation ${stuckAt.index}, where ${who(stuckAt)}`;
  return {
    kind: "nonlinearizable",
    rulesOut: ["linearizable"],
    explanation: `There is no order of the ${ops.length} operations on ${named(key)} in which each one takes effect between its call and its return and sees what it saw${where}.${few}`,
    ops: shown.map(({ index }) => index),
    because: [],
    ...(key === undefined ? {} : { key }),
  };
}

/** The write that the culprit shows, where the proof can do without it: a reader asks for it all the same. */
function sourceOf(spec: Spec, { ops, culprit }: Refutation, core: readonly Operation[]): readonly Operation[] {
  const saw = seen(spec, culprit);
  if (saw === undefined || spec.without !== undefined) return [];
  const writesIt = (op: Operation): boolean => isEffect(spec, op) && op !== culprit && shows(saw, written(op));
  const source = core.some(writesIt) ? undefined : ops.findLast(writesIt);
  return source === undefined ? [] : [source];
}

const isEffect = (spec: Spec, op: Operation): boolean => op.outcome.type !== "fail" && !spec.isRead(op.f);

/** True if the culprit is a read that would have been right at an earlier time. */
function isStale(prover: Prover, { ops, culprit }: Refutation): boolean {
  if (!prover.spec.isRead(culprit.f)) return false;
  const earlier = { ...culprit, callNs: Number.NEGATIVE_INFINITY };
  return prover.accepts(ops.map((op) => (op.index === culprit.index ? earlier : op)));
}

const subject = (op: Operation): string => `Process ${op.process} ${did(op)} (op ${op.index})`;

function sentence(
  spec: Spec,
  key: string | undefined,
  culprit: Operation,
  core: readonly Operation[],
  limits: Limits,
): string {
  const what = subject(culprit);
  const when = `between its call${time(culprit.callNs)} and its return${time(culprit.returnNs)}`;
  if (core.length === 1) return `${what}, but nothing that had been called by then leads to a state that allows it.`;
  const states = possibleStates(spec, culprit, core, limits);
  if (states.length === 0) return `${what}, but at no moment ${when} could it have taken effect.`;
  const few = states.length > MAX_STATES ? states.slice(0, MAX_STATES - 1) : states;
  const others = states.length - few.length;
  const all = others > 0 ? [...few, `one of ${others} other states`] : few;
  const held = `${was(spec.name, spec.perKey ? named(key) : "the state", all)} at every moment ${when}`;
  const proof = core.find(({ index }) => index === culprit.index) ?? culprit;
  const [saw, sawOfThese] = [seen(spec, culprit), seen(spec, proof)];
  if (saw === undefined || sawOfThese === undefined || canonical(saw) === canonical(sawOfThese))
    return `${what}, but by the other operations shown ${held}.`;
  return `${what}; of the values that the operations shown wrote that is ${show(sawOfThese)}, but of these ${held}.`;
}

/** Histories without times, only an order, count in nanoseconds: of these nothing is told. */
const time = (ns: number): string => (ns < NS_PER_MS ? "" : ` at ${at(ns)}`);

/** The states, in words, in which the rest could have been while the culprit ran; none if they are too many to tell. */
function possibleStates(spec: Spec, culprit: Operation, core: readonly Operation[], limits: Limits): string[] {
  // Without what it knows beforehand the search goes through all states, even those that lead nowhere.
  const unguided: Spec = Object.create(spec, { nature: { value: undefined }, leadsTo: { value: undefined } });
  const states = new Set<string>();
  const { type } = search(buildProblem(unguided, core), {
    deadlineMs: limits.deadlineMs,
    maxConfigurations: Math.min(limits.maxConfigurations, MAX_CONFIGURATIONS),
    watch: { index: culprit.index, seen: (state) => states.add(spec.describe(state)) },
  });
  return type === "stuck" ? [...states] : [];
}

/** Which operations came before which others: only what does not follow from the rest, and of many only the culprit's. */
function ties(ops: readonly Operation[], culprit: Operation): Because[] {
  const isDirect = (a: Operation, b: Operation): boolean => !ops.some((c) => precedes(a, c) && precedes(c, b));
  const targets = ops.length > MAX_TIED ? [culprit] : ops;
  return targets.flatMap((b) =>
    ops
      .filter((a) => precedes(a, b) && isDirect(a, b))
      .map((a) => ({ from: a.index, to: b.index, reason: `${who(a)} before ${who(b)}` })),
  );
}

/** Who saw what whom had written, where the values leave no doubt. */
function sights(spec: Spec, core: readonly Operation[], shown: readonly Operation[]): Because[] {
  const all = core.filter((op) => isEffect(spec, op));
  const isUnique = (effect: Operation): boolean =>
    !all.some((other) => other !== effect && shows(written(other), written(effect)));
  const effects = all.filter(isUnique);
  return core.flatMap((op) => {
    const saw = seen(spec, op);
    if (saw === undefined) return [];
    return effects.flatMap((effect) => {
      const value = written(effect);
      if (effect.index === op.index || !shows(saw, value)) return [];
      const original = shown.find(({ index }) => index === effect.index) ?? effect;
      return [{ from: effect.index, to: op.index, reason: `process ${op.process} saw that ${who(original)}` }];
    });
  });
}
