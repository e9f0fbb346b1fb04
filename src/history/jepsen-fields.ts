import type { Json } from "../core/json.ts";
import type { Entries } from "./edn-entries.ts";

type Field = Json | undefined;

/**
 * What the map of an event says under the keys that matter. One object of one layout takes the maps of all events, one
 * after another: a map for each would cost more than all that is kept of it.
 */
export class EventFields implements Entries {
  index: Field;
  type: Field;
  process: Field;
  time: Field;
  f: Field;
  value: Field;
  key: Field;
  node: Field;
  error: Field;
  history: Field;
  readonly #otherKeys = new Set<string>();

  constructor() {
    this.clear();
  }

  clear(): void {
    this.index = this.type = this.process = this.time = this.f = undefined;
    this.value = this.key = this.node = this.error = this.history = undefined;
    if (this.#otherKeys.size > 0) this.#otherKeys.clear();
  }

  /** A key that stands there twice loses its first value. */
  add(key: string, value: Json): boolean {
    let before: Field;
    switch (key) {
      case "index":
        before = this.index;
        this.index = value;
        break;
      case "type":
        before = this.type;
        this.type = value;
        break;
      case "process":
        before = this.process;
        this.process = value;
        break;
      case "time":
        before = this.time;
        this.time = value;
        break;
      case "f":
        before = this.f;
        this.f = value;
        break;
      case "value":
        before = this.value;
        this.value = value;
        break;
      case "key":
        before = this.key;
        this.key = value;
        break;
      case "node":
        before = this.node;
        this.node = value;
        break;
      case "error":
        before = this.error;
        this.error = value;
        break;
      case "history":
        before = this.history;
        this.history = value;
        break;
      default: {
        const { size } = this.#otherKeys;
        return this.#otherKeys.add(key).size > size;
      }
    }
    return before === undefined;
  }
}
