import { describe, expect, it } from "vitest";
import { type JsonSchema, jsonReport, verdictJsonSchema } from "../../src/report/json.ts";
import { bigRun, lostWrite, staleRead } from "./samples.ts";

/** What is wrong with a value by the part of JSON Schema that the verdict's schema uses, and what it does not document. */
function faultsOf(value: unknown, schema: JsonSchema, path = "$"): string[] {
  const found: string[] = [];
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const fits = (type: string): boolean => type === kind || (type === "integer" && Number.isInteger(value));
  if (types.length > 0 && !types.some(fits)) found.push(`${path} is ${kind}, not ${types.join(" or ")}`);
  if (schema.const !== undefined && value !== schema.const) found.push(`${path} is not ${schema.const}`);
  if (schema.enum && !schema.enum.includes(value as string)) found.push(`${path} is none of ${schema.enum.join()}`);
  if (schema.minimum !== undefined && typeof value === "number" && value < schema.minimum)
    found.push(`${path} is too small`);
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) found.push(`${path} is too short`);
    for (const [i, item] of value.entries()) found.push(...faultsOf(item, schema.items ?? {}, `${path}[${i}]`));
  } else if (kind === "object") {
    const fields = value as Record<string, unknown>;
    for (const name of schema.required ?? []) if (!(name in fields)) found.push(`${path}.${name} is missing`);
    for (const [name, field] of Object.entries(fields)) {
      const documented = schema.properties?.[name];
      if (documented) found.push(...faultsOf(field, documented, `${path}.${name}`));
      else found.push(`${path}.${name} is not documented`);
    }
  }
  return found;
}

const withViolation = (atNs: number) => {
  const { verdict } = staleRead();
  const violations = [{ atNs, explanation: "two leaders" }];
  return {
    ...verdict,
    invariants: [{ name: "election-safety", source: "Raft", verdict: "invalid" as const, checked: 3, violations }],
  };
};

describe("jsonReport", () => {
  it("is one object of the documented schema", () => {
    for (const { verdict } of [staleRead(), lostWrite(), bigRun()]) {
      const parsed: unknown = JSON.parse(jsonReport(verdict));
      expect(faultsOf(parsed, verdictJsonSchema)).toEqual([]);
      expect(parsed).toEqual(verdict);
    }
    expect(faultsOf(JSON.parse(jsonReport(withViolation(12))), verdictJsonSchema)).toEqual([]);
    const imported = { ...lostWrite().verdict, replay: null, runDir: null };
    expect(faultsOf(JSON.parse(jsonReport(imported)), verdictJsonSchema)).toEqual([]);
  });

  it("stays JSON of that schema where an instant is not finite", () => {
    const parsed = JSON.parse(jsonReport(withViolation(Number.POSITIVE_INFINITY)));
    expect(parsed.invariants[0].violations[0].atNs).toBeNull();
    expect(faultsOf(parsed, verdictJsonSchema)).toEqual([]);
  });

  it("has a schema that refuses other objects", () => {
    const broken = (change: (verdict: Record<string, unknown>) => void): string[] => {
      const copy = JSON.parse(jsonReport(staleRead().verdict)) as Record<string, unknown>;
      change(copy);
      return faultsOf(copy, verdictJsonSchema);
    };
    const models = (verdict: Record<string, unknown>) => verdict.models as Record<string, unknown>[];
    expect(broken((v) => delete v.replay)).toEqual(["$.replay is missing"]);
    expect(broken((v) => Object.assign(v, { schema: "other/1" }))).toEqual(["$.schema is not splitbrain.verdict/1"]);
    expect(broken((v) => Object.assign(models(v)[0] ?? {}, { model: "strict" }))[0]).toMatch(
      /^\$\.models\[0\]\.model is none/,
    );
    expect(broken((v) => Object.assign(models(v)[1] ?? {}, { checked: -1 }))).toEqual([
      "$.models[1].checked is too small",
    ]);
    expect(broken((v) => Object.assign(v, { more: 1 }))).toEqual(["$.more is not documented"]);
    expect(broken((v) => Object.assign(v, { verdict: true }))[0]).toMatch(/^\$\.verdict is none/);
  });

  it("has a schema that is itself JSON and describes every field", () => {
    expect(JSON.parse(JSON.stringify(verdictJsonSchema))).toEqual(verdictJsonSchema);
    const bare = (schema: JsonSchema, path: string): string[] => [
      ...(schema.description ? [] : [path]),
      ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => bare(property, `${path}.${name}`)),
      ...(schema.items ? bare(schema.items, `${path}[]`) : []),
    ];
    expect(bare(verdictJsonSchema, "$")).toEqual([]);
  });
});
