import type { Json } from "../core/json.ts";

/** Takes the entries of a map, and of another one once it was cleared. */
export interface Entries {
  clear(): void;
  /** False if the key is there already. */
  add(key: string, value: Json): boolean;
}

/** A map as an object. */
export class ObjectEntries implements Pick<Entries, "add"> {
  readonly object: { [key: string]: Json } = {};

  add(key: string, value: Json): boolean {
    // Nearly always nothing is there, which is cheaper to see than whose it is.
    if (this.object[key] !== undefined && Object.hasOwn(this.object, key)) return false;
    if (key === "__proto__") defineKey(this.object, key, value);
    else this.object[key] = value;
    return true;
  }
}

/** Plain assignment to `__proto__` would set the prototype instead. */
function defineKey(object: object, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
