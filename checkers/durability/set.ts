import { type Anomalies, because } from "../shared/anomalies.ts";
import type { ClosingKey } from "../shared/closing.ts";
import { named } from "../shared/history-index.ts";
import { who } from "../shared/phrases.ts";
import { elementsThatMustBe } from "../shared/set-elements.ts";
import { canonical, isArray, show } from "../shared/values.ts";
import { acknowledgedBy } from "./list.ts";

/** Reports elements that must be there and are in no closing read; returns how many must be. */
export function lostAdds({ name, finals, plain, ops }: ClosingKey, anomalies: Anomalies): number {
  const reads = [...finals, ...plain];
  const found = new Set(reads.flatMap(({ value }) => (isArray(value) ? value.map(canonical) : [])));
  const required = elementsThatMustBe(ops);
  for (const [element, add] of required) {
    if (found.has(element)) continue;
    anomalies.add("lost-write", () => ({
      rulesOut: ["durable"],
      key: name,
      explanation: `${who(add)} and ${acknowledgedBy(add)}, and nobody removed ${show(add.input)} after that, but at the end no copy of ${named(name)} that answered holds it.`,
      ops: [add, ...reads.map(({ op }) => op)],
      because: reads.map(({ op }) => because(add, op, `${show(add.input)} was acknowledged, but is not there`)),
    }));
  }
  return required.size;
}
