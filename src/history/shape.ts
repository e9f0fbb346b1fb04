/**
 * Checks parsed JSON against a contract of `core`, and names the field that is wrong. An `object` shape must list every
 * field of its type, so that the compiler notices when a contract grows.
 */

/** Returns the value as a `T`, or throws a `ShapeError`. `at` is the path to the value, such as `faults[2].atMs`. */
export type Shape<T> = (value: unknown, at: string) => T;

/** A field that may be absent. */
export interface Optional<T> {
  readonly optional: Shape<T>;
}

type Fields<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? Optional<Required<T>[K]> : Shape<T[K]>;
};

/** "`at` must be …, found …". */
export class ShapeError extends Error {
  override readonly name = "ShapeError";

  constructor(at: string, expected: string, found: unknown) {
    super(`${at === "" ? "the value" : at} must be ${expected}, ${describe(found)}`);
  }
}

export const optional = <T>(shape: Shape<T>): Optional<T> => ({ optional: shape });

/** Any JSON value, but not nothing. */
export const anything =
  <T>(): Shape<T> =>
  (value, at) =>
    ensure(value !== undefined, value as T, at, "given");

export const string: Shape<string> = (value, at) => ensure(typeof value === "string", value as string, at, "a string");

export const nonEmptyString: Shape<string> = (value, at) =>
  ensure(typeof value === "string" && value !== "", value as string, at, "a string that is not empty");

/** A finite number in [min, max]. */
export const number =
  (min = -Infinity, max = Infinity): Shape<number> =>
  (value, at) =>
    ensure(
      typeof value === "number" && Number.isFinite(value) && value >= min && value <= max,
      value as number,
      at,
      `a number${range(min, max)}`,
    );

/** An integer in [min, max] that a double holds exactly. */
export const integer =
  (min = -Infinity, max = Infinity): Shape<number> =>
  (value, at) =>
    ensure(
      Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
      value as number,
      at,
      `an integer${range(min, max)}`,
    );

export const oneOf =
  <const T extends string | number | boolean>(...choices: readonly T[]): Shape<T> =>
  (value, at) =>
    ensure((choices as readonly unknown[]).includes(value), value as T, at, alternatives(choices));

export const arrayOf =
  <T>(item: Shape<T>): Shape<T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw new ShapeError(at, "an array", value);
    return value.map((element, i) => item(element, `${at}[${i}]`));
  };

export const nonEmptyArrayOf =
  <T>(item: Shape<T>): Shape<[T, ...T[]]> =>
  (value, at) => {
    if (!Array.isArray(value) || value.length === 0) throw new ShapeError(at, "an array that is not empty", value);
    return arrayOf(item)(value, at) as [T, ...T[]];
  };

/** An object with any keys. */
export const recordOf =
  <T>(item: Shape<T>): Shape<Record<string, T>> =>
  (value, at) => {
    const object = plainObject(value, at);
    return Object.fromEntries(Object.entries(object).map(([key, field]) => [key, item(field, join(at, key))]));
  };

/** An object with these fields and no others. They keep the order in which they were given, so that a replay writes the same bytes. */
export const object =
  <T extends object>(fields: Fields<T>): Shape<T> =>
  (value, at) => {
    const found = plainObject(value, at);
    for (const key of Object.keys(found))
      if (!Object.hasOwn(fields, key))
        throw new ShapeError(
          join(at, key),
          `absent: the fields here are ${Object.keys(fields).join(", ")}`,
          found[key],
        );
    const result: Record<string, unknown> = {};
    for (const [key, field] of Object.entries<Optional<unknown> | Shape<unknown>>(fields)) {
      const given = Object.hasOwn(found, key) ? found[key] : undefined;
      if (typeof field === "function") result[key] = field(given, join(at, key));
      else if (given !== undefined) result[key] = field.optional(given, join(at, key));
    }
    return Object.fromEntries(Object.keys(found).map((key) => [key, result[key]])) as T;
  };

/** An object whose field `tag` says which of the shapes it has. */
export const tagged =
  <T extends object>(tag: string, shapes: Readonly<Record<string, Shape<T>>>): Shape<T> =>
  (value, at) => {
    const kind = plainObject(value, at)[tag];
    const shape = typeof kind === "string" && Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
    if (shape === undefined) throw new ShapeError(join(at, tag), alternatives(Object.keys(shapes)), kind);
    return shape(value, at);
  };

function ensure<T>(holds: boolean, value: T, at: string, expected: string): T {
  if (!holds) throw new ShapeError(at, expected, value);
  return value;
}

function plainObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ShapeError(at, "an object", value);
  return value as Readonly<Record<string, unknown>>;
}

const join = (at: string, key: string): string => (at === "" ? key : `${at}.${key}`);

const range = (min: number, max: number): string => {
  if (min === -Infinity && max === Infinity) return "";
  if (max === Infinity) return ` of at least ${min}`;
  return ` from ${min} to ${max}`;
};

const alternatives = (choices: readonly unknown[]): string =>
  choices.length === 1
    ? JSON.stringify(choices[0])
    : `one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`;

const MAX_SHOWN = 60;

const describe = (value: unknown): string => {
  const text = JSON.stringify(value);
  if (text === undefined) return "but it is missing";
  return `found ${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}`;
};
