import type { Spec } from "../../src/core/spec.ts";
import { appendList } from "./append-list.ts";
import { kv } from "./key-value.ts";
import { casRegister, register } from "./register.ts";

export { appendList, casRegister, kv, register };

/** All sequential specifications by name. */
export const SPECS: Readonly<Record<string, Spec>> = Object.fromEntries(
  [register, casRegister, kv, appendList].map((spec) => [spec.name, spec as Spec]),
);
