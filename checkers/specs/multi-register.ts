import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Invocation, Outcome } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical, isArray, show } from "../shared/values.ts";
import { listIn, sorted } from "./shared.ts";

/** What a single register holds, by its name. Registers that are null are left out. */
type Registers = ReadonlyMap<string, Json>;

function registersIn(value: Json | undefined, what: string): readonly (readonly [string, Json])[] {
  if (typeof value !== "object" || value === null || isArray(value))
    throw new TypeError(`${what} is an object of registers and their values, not ${show(value ?? null)}`);
  return Object.entries(value as JsonObject).map(([name, item]) => [name, item ?? null]);
}

const get = (s: Registers, name: string): Json => s.get(name) ?? null;

function put(s: Registers, name: string, value: Json): Registers {
  const next = new Map(s);
  if (value === null) next.delete(name);
  else next.set(name, value);
  return next;
}

const equal = (a: Json, b: Json): boolean => canonical(a) === canonical(b);

interface Micro {
  readonly isRead: boolean;
  readonly name: string;
  readonly value: Json;
}

const READS: readonly Json[] = ["r", "read"];
const WRITES: readonly Json[] = ["w", "write"];

function microsIn(value: Json | undefined): readonly Micro[] {
  return listIn(value, "a transaction").map((micro) => {
    const [f, name, item] = isArray(micro) ? micro : [];
    const isRead = READS.includes(f ?? null);
    if (!isRead && !WRITES.includes(f ?? null))
      throw new TypeError(
        `a transaction consists of ["r", register, value] and ["w", register, value], not ${show(micro)}`,
      );
    return { isRead, name: typeof name === "string" ? name : canonical(name ?? null), value: item ?? null };
  });
}

/** What a transaction did: as its outcome tells it, where it does. */
const microsOf = (input: Json, outcome: Outcome): readonly Micro[] =>
  microsIn(outcome.type === "ok" && (outcome.value ?? null) !== null ? outcome.value : input);

/** The state after a transaction, if what it read fits. */
function afterTransaction(s: Registers, input: Json, outcome: Outcome): Registers | undefined {
  let state: Registers | undefined = s;
  const told = outcome.type === "ok" && (outcome.value ?? null) !== null;
  for (const { isRead, name, value } of microsOf(input, outcome)) {
    if (!isRead) state = put(state, name, value);
    else if (told && !equal(get(state, name), value)) return undefined;
  }
  return state;
}

const writesOnly = ({ f, input }: Invocation): boolean =>
  f === "write" || microsIn(input).every((micro) => !micro.isRead);

/**
 * Several registers that are read and written together, initially `null` (Knossos' multi-register): `read` and `write`
 * work on the registers that they name, `txn` does several reads and writes at once.
 */
export const multiRegister: Spec<Registers> = {
  name: "multi-register",
  functions: {
    read: "input anything, output an object of registers and the values they had",
    write: "input an object of registers and their new values",
    txn: 'input a list of ["r", register, null] and ["w", register, value], output the same with the values read',
  },
  init: () => new Map(),
  step(s, op, outcome) {
    if (op.f === "write")
      return registersIn(op.input, "the input of a write").reduce<Registers>(
        (t, [name, value]) => put(t, name, value),
        s,
      );
    if (op.f === "txn") return afterTransaction(s, op.input, outcome);
    if (outcome.type !== "ok") return s;
    const saw = registersIn(outcome.value, "the output of a read");
    return saw.every(([name, value]) => equal(get(s, name), value)) ? s : undefined;
  },
  key: (s) => canonical(Object.fromEntries(s)),
  describe: (s) =>
    s.size === 0 ? "nothing" : sorted([...s].map(([name, value]) => `${name} = ${show(value)}`)).join(", "),
  isRead: (f) => f === "read",
  observes: () => false,
  nature: (op) => (op.f !== "read" && writesOnly(op) ? "blind" : "guarded"),
  changesNothing: (op, outcome) => op.f === "txn" && microsOf(op.input, outcome).every((micro) => micro.isRead),
  perKey: false,
};
