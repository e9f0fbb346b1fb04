import { CONSISTENCY_MODELS } from "../core/consistency.ts";
import { FAULT_KINDS } from "../core/fault.ts";

/** Something in a configuration that is wrong: one line that says where, what, and what would be right. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Fields = Readonly<Record<string, unknown>>;
/** Says what a value should be, if it is not that. */
type Check = (value: unknown) => string | undefined;

/** What each workload asks of a client. */
export const WORKLOAD_NEEDS = { register: ["read", "write"], append: ["read", "append"] } as const;

/** Checks what a user wrote as a system's definition; the types may have been looked at by nobody. */
export function checkDefinition(definition: unknown): void {
  const system = objectAt("system", definition);
  const functions = { ready: aFunction, setup: aFunction, leader: aFunction, isDefinite: aFunction };
  checkFields("system", system, {
    name: textLike(/^[a-z0-9][a-z0-9.-]*$/, 'a name in kebab case, such as "my-kv"'),
    nodes: (value) => (Array.isArray(value) && value.length > 0 ? undefined : "a list of at least one node"),
    client: aFunction,
    ...optional({
      workloads: listOf(Object.keys(WORKLOAD_NEEDS), true),
      holds: listOf(CONSISTENCY_MODELS),
      breaks: listOf(CONSISTENCY_MODELS),
      ...functions,
    }),
  });
  checkNodes(system.nodes as readonly unknown[]);
}

function checkNodes(list: readonly unknown[]): void {
  const port: Check = (value) => (isWhole(value, 1, 65_535) ? undefined : "a whole number from 1 to 65535");
  const nodes = list.map((value, i) => {
    const at = `system.nodes[${i}]`;
    const node = objectAt(at, value);
    if ("command" in node === "container" in node)
      throw new ConfigError(
        `${at}: give either \`command\` (the harness starts it) or \`container\` (it runs already)`,
      );
    if ("container" in node) checkFields(at, node, { container: text, port });
    else {
      const command: Check = (words) =>
        Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string") && words[0] !== ""
          ? undefined
          : 'a list of strings, the program first: ["./my-kv", "--port", "7001"]';
      const env: Check = (value) =>
        isObject(value) && Object.values(value).every((one) => typeof one === "string")
          ? undefined
          : 'an object whose values are strings: { LEVEL: "2" }';
      checkFields(at, node, { command, port, ...optional({ env, cwd: text, host: text }) });
    }
    return node;
  });

  const [first] = nodes;
  const odd = nodes.findIndex((node) => "container" in node !== (first !== undefined && "container" in first));
  if (odd > 0)
    throw new ConfigError(
      `system.nodes[${odd}]: all nodes must be of one kind, commands or containers; the first is not`,
    );
  const places = nodes.map((node) => node.container ?? `${node.host ?? "127.0.0.1"}:${node.port}`);
  places.forEach((place, i) => {
    const before = places.indexOf(place);
    if (before < i) throw new ConfigError(`system.nodes[${i}]: ${place} is already that of system.nodes[${before}]`);
  });
}

/** Checks the defaults of a run; `workloads` are those that the system serves. */
export function checkRun(value: unknown, workloads: readonly string[]): void {
  const run = objectAt("run", value);
  const span = textLike(/^\d+(\.\d+)?(ms|s|m|h)?$/, 'a span of time, such as "30s", "500ms" or "2m"');
  const kinds = listOf(FAULT_KINDS);
  const nemesis: Check = (faults) => {
    const wrong = faults === "all" || faults === "none" ? undefined : kinds(faults);
    return wrong && `${wrong}, or "all" or "none"`;
  };
  checkFields("run", run, {
    ...optional({
      workload: (name) => (workloads.some((one) => one === name) ? undefined : `one of ${workloads.join(", ")}`),
      nemesis,
      nemesisInterval: span,
      time: span,
      timeout: span,
      settle: span,
      clients: (n) => (isWhole(n, 1, 1000) ? undefined : "a whole number from 1 to 1000"),
      rate: (n) => (typeof n === "number" && n > 0 && n <= 1000 ? undefined : "a number above 0, at most 1000"),
      seed: (n) => (isWhole(n, -2_147_483_647, 2_147_483_647) ? undefined : "a whole number of 31 bits"),
      expect: listOf(CONSISTENCY_MODELS),
    }),
  });
}

/** Checks that these are the fields of an object, and that each is right. */
export function checkFields(path: string, fields: Fields, checks: Readonly<Record<string, Check>>): void {
  const prefix = path === "" ? "" : `${path}.`;
  for (const name of Object.keys(fields))
    if (!Object.hasOwn(checks, name))
      throw new ConfigError(`${prefix}${name}: there is no such field; known: ${Object.keys(checks).join(", ")}`);
  for (const [name, check] of Object.entries(checks)) {
    const value = fields[name];
    const wanted = check(value);
    if (wanted === undefined) continue;
    const got = value === undefined ? "is missing" : `is ${show(value)}`;
    throw new ConfigError(`${prefix}${name}: ${got}; give ${wanted}`);
  }
}

export function objectAt(path: string, value: unknown): Fields {
  if (isObject(value)) return value;
  throw new ConfigError(`${path}: ${value === undefined ? "is missing" : `is ${show(value)}`}; give an object`);
}

export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as an error shows it: short, in one line, whatever it is. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length > 8 ? `a list of ${value.length}` : `[${value.map(show).join(", ")}]`;
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  const kind = Object.getPrototypeOf(value)?.constructor?.name;
  return kind === undefined || kind === "Object" ? "an object" : `a ${kind}`;
}

const optional = (checks: Readonly<Record<string, Check>>): Record<string, Check> =>
  Object.fromEntries(
    Object.entries(checks).map(([name, check]) => [name, (value) => (value === undefined ? undefined : check(value))]),
  );

const aFunction: Check = (value) => (typeof value === "function" ? undefined : "a function");

const text: Check = (value) => (typeof value === "string" && value !== "" ? undefined : "a string");

const textLike =
  (pattern: RegExp, wanted: string): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? undefined : wanted;

const listOf =
  (known: readonly string[], some = false): Check =>
  (value) =>
    Array.isArray(value) && value.every((one) => known.includes(one)) && !(some && value.length === 0)
      ? undefined
      : `a list of ${some ? "at least one of " : ""}${known.join(", ")}`;

const isWhole = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
