/** Any JSON value, deeply read-only: what crosses a wire, a disk or a history. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object; an absent key and `undefined` mean the same. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
