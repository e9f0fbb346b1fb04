/**
 * Makes a value immutable, all the way down, and makes sure that it is JSON: the same value would go through a pipe in
 * another runtime. What is frozen already is taken to be frozen throughout.
 */
export function freezeJson<T>(value: T): T {
  freeze(value);
  return value;
}

function freeze(value: unknown): void {
  switch (typeof value) {
    case "object":
      if (value === null || Object.isFrozen(value)) return;
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) {
          if (value[i] === undefined) throw new TypeError("undefined in a list is not JSON; use null");
          freeze(value[i]);
        }
      } else {
        const prototype = Object.getPrototypeOf(value);
        if (prototype !== Object.prototype && prototype !== null)
          throw new TypeError(`a ${prototype.constructor?.name ?? "value"} is not JSON; use a plain object or list`);
        for (const key in value) freeze((value as Record<string, unknown>)[key]);
      }
      Object.freeze(value);
      return;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
      return;
    case "function":
    case "symbol":
    case "bigint":
      throw new TypeError(`a ${typeof value} is not JSON`);
    default:
      return;
  }
}
