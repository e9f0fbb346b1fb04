import { type Anomaly, type Budget, type Checker, DEFAULT_BUDGET, type Verdict } from "../src/core/checker.ts";
import {
  aboutModel,
  CONSISTENCY_MODELS,
  type ConsistencyModel,
  type Family,
  strongerOrEqual,
  weakerOrEqual,
} from "../src/core/consistency.ts";
import type { History } from "../src/core/history.ts";
import type { ModelVerdict } from "../src/core/verdict.ts";

/** The models of all families that the checkers speak of; where they speak of none in particular, of operations. */
function scope(checkers: readonly Checker[]): ConsistencyModel[] {
  const tested = checkers.flatMap(({ tests }) => tests);
  const families = new Set<Family>();
  for (const model of tested) {
    const [family, other] = aboutModel(model).families;
    if (family !== undefined && other === undefined) families.add(family);
  }
  if (!families.has("transactions")) families.add("operations");
  // A property concerns only those who have a checker for it.
  families.delete("properties");
  return CONSISTENCY_MODELS.filter(
    (model) => tested.includes(model) || aboutModel(model).families.some((family) => families.has(family)),
  );
}

/**
 * True if a checker has nothing to find (`Checker.impliedByStronger`) once these models are known to hold. That relies on
 * the lattice, to which `test/checkers/lattice.test.ts` holds the checkers.
 */
export function isSpared({ tests, impliedByStronger }: Checker, held: readonly ConsistencyModel[]): boolean {
  const implied = weakerOrEqual(held);
  return impliedByStronger === true && tests.every((model) => implied.includes(model));
}

/** What the checkers find, in the order in which they were given; those that can be spared go last, the strongest first. */
function findingsOf(history: History, checkers: readonly Checker[], budget: Budget): Finding[] {
  const found = new Map<Checker, Verdict>();
  const held: ConsistencyModel[] = [];
  const [last, first] = partition(checkers, ({ impliedByStronger }) => impliedByStronger === true);
  last.sort((a, b) => weakerOrEqual(b.tests).length - weakerOrEqual(a.tests).length);
  for (const checker of [...first, ...last]) {
    if (isSpared(checker, held)) continue;
    const verdict = checker.check(history, budget);
    found.set(checker, verdict);
    if (verdict.valid === true) held.push(...checker.tests);
  }
  return checkers.flatMap((checker) => {
    const verdict = found.get(checker);
    return verdict === undefined ? [] : [{ checker, verdict }];
  });
}

/**
 * Runs the checkers and says for every consistency model of their families what follows: an anomaly refutes the models
 * that it rules out and all stronger ones; a valid verdict vouches for the models that its checker tests and all weaker
 * ones. A checker that could only say again what follows from a valid verdict is not run.
 */
export function judge(history: History, checkers: readonly Checker[], budget: Budget = DEFAULT_BUDGET): ModelVerdict[] {
  const findings = findingsOf(history, checkers, budget);
  return scope(checkers).map((model) => {
    // The checker made for the model speaks first, so that its anomalies are the first to be read.
    const [own, others] = partition(findings, ({ checker }) => checker.tests.includes(model));
    const ordered = [...own, ...others];
    return refuted(model, ordered) ?? vouchedFor(model, ordered) ?? undecided(model, own);
  });
}

interface Finding {
  readonly checker: Checker;
  readonly verdict: Verdict;
}

function refuted(model: ConsistencyModel, findings: readonly Finding[]): ModelVerdict | undefined {
  const anomalies: Anomaly[] = [];
  const told = new Set<string>();
  let checked = 0;
  for (const { verdict } of findings) {
    if (verdict.valid !== false) continue;
    const against = verdict.anomalies.filter(({ rulesOut }) => strongerOrEqual(rulesOut).includes(model));
    if (against.length > 0 && checked === 0) checked = verdict.checked;
    // Several checkers may find the same in the same operations; once is enough.
    const fresh = against.filter((anomaly) => !told.has(substance(anomaly)));
    for (const anomaly of fresh) told.add(substance(anomaly));
    anomalies.push(...fresh);
  }
  return anomalies.length > 0 ? { model, verdict: "invalid", checked, anomalies } : undefined;
}

/** Whom an anomaly accuses of what. */
const substance = ({ ops, rulesOut, key }: Anomaly): string =>
  JSON.stringify([[...ops].sort((a, b) => a - b), [...rulesOut].sort(), key]);

function vouchedFor(model: ConsistencyModel, findings: readonly Finding[]): ModelVerdict | undefined {
  for (const { checker, verdict } of findings)
    if (verdict.valid === true && weakerOrEqual(checker.tests).includes(model))
      return { model, verdict: "valid", checked: verdict.checked, anomalies: [] };
  return undefined;
}

function undecided(model: ConsistencyModel, own: readonly Finding[]): ModelVerdict {
  const reasons = own.flatMap(({ checker, verdict }) =>
    verdict.valid === "unknown"
      ? [`${verdict.why}: ${verdict.detail}`]
      : [`${checker.name} found anomalies, but none that rules this model out`],
  );
  const detail = reasons.length > 0 ? reasons.join("; ") : "no checker of this workload can tell";
  return { model, verdict: "unknown", checked: 0, anomalies: [], detail };
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
