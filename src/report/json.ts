import type { RunVerdict } from "../core/verdict.ts";

export { type JsonSchema, verdictJsonSchema } from "./schema.ts";

/**
 * The verdict as one JSON object, indented, without a line feed at the end; see `verdictJsonSchema`. JSON knows no
 * infinite numbers: they become `null`.
 */
export const jsonReport = (verdict: RunVerdict): string =>
  JSON.stringify(
    verdict,
    (_, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? null : value),
    2,
  );
