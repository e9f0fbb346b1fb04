import type { Anomaly, Checker } from "../../src/core/checker.ts";
import type { Json } from "../../src/core/json.ts";
import { Anomalies, because } from "../shared/anomalies.ts";
import { type ClosingKey, type ClosingRead, closingKeys } from "../shared/closing.ts";
import { named } from "../shared/history-index.ts";
import { canonical, isArray, show, showSome } from "../shared/values.ts";

/**
 * Convergence: after all faults are healed, writes have stopped and the cluster had time to settle, all copies of a key
 * agree (Vogels, "Eventually Consistent", CACM 2009). Judged by the `final` reads, which nodes answer from their own
 * copies; a node that did not answer is not compared. `null` and the empty list are the same: nothing was ever written. The
 * elements of a `set` may stand in any order.
 *
 * `checked` counts keys that at least two nodes answered for.
 */
export function convergence(type: "value" | "set" = "value"): Checker {
  return {
    name: "convergence",
    tests: ["eventual"],
    check: (history) => {
      const anomalies = new Anomalies();
      const keys = closingKeys(history).filter(({ finals }) => finals.length > 1);
      for (const key of keys) compare(key, type, anomalies);
      const [first, ...rest] = anomalies.list;
      if (first)
        return { valid: false, checked: keys.length, anomalies: [first, ...rest] satisfies [Anomaly, ...Anomaly[]] };
      if (keys.length > 0) return { valid: true, checked: keys.length };
      const detail = "no key was read on two nodes after the end, with nobody writing it any more";
      return { valid: "unknown", why: "vacuous", detail };
    },
  };
}

function compare({ name, finals }: ClosingKey, type: "value" | "set", anomalies: Anomalies): void {
  const groups = new Map<string, [ClosingRead, ...ClosingRead[]]>();
  for (const read of finals) {
    const value = identity(read.value, type);
    const group = groups.get(value);
    if (group) group.push(read);
    else groups.set(value, [read]);
  }
  const [one, ...others] = groups.values();
  if (!one || others.length === 0) return;
  anomalies.add("divergence", () => ({
    rulesOut: ["eventual"],
    key: name,
    explanation: `after everything was healed the copies of ${named(name)} differ: ${[one, ...others].map(holds).join("; ")}${missing(one, others)}.`,
    ops: [one, ...others].flatMap((group) => group.map(({ op }) => op)),
    because: others.map(([other]) =>
      because(
        one[0].op,
        other.op,
        `${one[0].node} and ${other.node} hold different values and nothing is left to reconcile them`,
      ),
    ),
  }));
}

/** Equal for values that count as the same. */
function identity(value: Json, type: "value" | "set"): string {
  if (!isArray(value) || value.length === 0) return canonical(isArray(value) ? null : value);
  return type === "set" ? value.map(canonical).sort().join() : canonical(value);
}

const holds = (group: readonly [ClosingRead, ...ClosingRead[]]): string => {
  const nodes = group.map(({ node }) => node);
  const last = nodes.pop();
  const subject = nodes.length > 0 ? `${nodes.join(", ")} and ${last} hold` : `${last} holds`;
  return `${subject} ${show(group[0].value)}`;
};

/** For two long lists: what each lacks of the other. */
function missing(
  one: readonly [ClosingRead, ...ClosingRead[]],
  others: readonly [ClosingRead, ...ClosingRead[]][],
): string {
  const [a, b] = [one[0], others[0]?.[0]];
  if (!b || others.length > 1 || (!isArray(a.value) && !isArray(b.value))) return "";
  const lacks = (of: ClosingRead, by: ClosingRead): string[] => {
    const has = new Set(elements(by.value).map(canonical));
    const absent = elements(of.value).filter((element) => !has.has(canonical(element)));
    return absent.length > 0 ? [`${by.node} lacks ${showSome(absent)}`] : [];
  };
  const told = [...lacks(a, b), ...lacks(b, a)];
  return `; ${told.length > 0 ? told.join(", ") : "the order differs"}`;
}

const elements = (value: Json): readonly Json[] => (isArray(value) ? value : []);
