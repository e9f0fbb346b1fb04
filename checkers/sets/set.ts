import type { Checker } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { type ClosingKey, decidedKeys } from "../shared/closing.ts";
import { named } from "../shared/history-index.ts";
import { objectChecker } from "../shared/object-checker.ts";
import { at, who } from "../shared/phrases.ts";
import { elementsThatMustBe } from "../shared/set-elements.ts";
import { show } from "../shared/values.ts";
import { reportImpossible, type SetRead, setOperations, setRead } from "./elements.ts";

/**
 * A set per key, judged by what is in it at the end (Jepsen, `checker/set`; Maelstrom, workload `g-set`):
 * an acknowledged element that no closing read shows is lost, one that nobody added is unexpected, one that stands twice in
 * a read is duplicated. An add of unknown outcome may be there or not. Where no reads are marked as closing ones, the last
 * answered read of the key counts, unless elements were still being added then.
 *
 * `checked` counts the acknowledged elements that must be there; an element that a remove may have taken out again is none.
 */
export function set(): Checker {
  return objectChecker({
    name: "set",
    tests: ["durable"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const key of decidedKeys(history, { unmarked: true })) {
        deadline.step();
        checked += judgeKey(key, anomalies);
      }
      return checked > 0 ? checked : "no acknowledged element had to be in a set that was read after the last add";
    },
  });
}

function judgeKey({ name, finals, plain, ops }: ClosingKey, anomalies: Anomalies): number {
  const operations = setOperations(name, ops);
  const { elements } = operations;
  const reads = [...finals, ...plain].map(({ op }): SetRead => setRead(op, elements));
  reportImpossible(operations, reads, anomalies);
  const found = new Uint8Array(elements.values.length);
  for (const { saw } of reads) for (const element of saw) found[element] = 1;
  const required = elementsThatMustBe(ops);
  for (const add of required.values())
    if (!found[elements.id(add.input ?? null)])
      reportLost(
        name,
        add,
        reads.map(({ op }) => op),
        anomalies,
      );
  return required.size;
}

function reportLost(key: string, add: Operation, reads: readonly Operation[], anomalies: Anomalies): void {
  anomalies.add("lost-element", () => ({
    rulesOut: ["durable"],
    key,
    explanation: `${who(add)}, which was acknowledged at ${at(add.returnNs)}, but ${readers(reads)} found ${named(key)} without ${shown(add)} at the end.`,
    ops: [add, ...reads],
    because: reads.map((read) => because(add, read, `${shown(add)} was acknowledged, but is not there`)),
  }));
}

const shown = ({ input }: Operation): string => show(input ?? null);

function readers(reads: readonly Operation[]): string {
  const nodes = [...new Set(reads.map(({ node, process }) => (node === "" ? `process ${process}` : node)))];
  return nodes.length > 1 ? `each of ${nodes.join(", ")}` : (nodes[0] ?? "nobody");
}
