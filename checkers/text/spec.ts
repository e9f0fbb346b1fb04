import type { Json } from "../../src/core/json.ts";
import type { Spec } from "../../src/core/spec.ts";
import { isArray } from "../shared/values.ts";
import { idOf } from "./edits.ts";

/**
 * A text per key, edited by one user at a time. `insert` puts its characters at a position, at the end if the text is shorter
 * than that; `delete` takes one away, and cannot if it is not there. A state is the list of the characters' canonical texts.
 */
export const textSpec: Spec<readonly string[]> = {
  name: "text",
  functions: {
    insert: "input {at, ids}: a position from 0, and the identifiers of the characters that are typed there",
    delete: "input {id}",
    read: "input null, output the list of characters, or null if there are none",
  },
  init: () => [],
  step(s, { f, input }, outcome) {
    switch (f) {
      case "read":
        return outcome.type !== "ok" || idsIn(outcome.value).join() === s.join() ? s : undefined;
      case "insert": {
        const { at, ids } = insertOf(input);
        return s.toSpliced(at, 0, ...ids.map(idOf));
      }
      default: {
        const id = idOf(input);
        if (s.includes(id)) return s.filter((other) => other !== id);
        return outcome.type === "ok" ? undefined : s;
      }
    }
  },
  key: (s) => s.join(),
  describe: (s) => (s.length === 0 ? "empty" : s.join(" ")),
  isRead: (f) => f === "read",
  observes: () => false,
  perKey: true,
};

function idsIn(value: Json): string[] {
  if (value === null) return [];
  if (!isArray(value)) throw new TypeError("the output of a read is a list or null");
  return value.map(idOf);
}

function insertOf(input: Json): { at: number; ids: readonly Json[] } {
  if (typeof input === "object" && input !== null && !isArray(input)) {
    const { at, ids } = input;
    if (typeof at === "number" && ids !== undefined && isArray(ids)) return { at, ids };
  }
  throw new TypeError("the input of an insert is {at, ids}");
}
