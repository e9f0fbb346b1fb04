/**
 * Errors a client can see, by name. The numbers are the Maelstrom protocol's (doc/protocol.md, "Errors"); `definite`
 * says whether the operation certainly did not happen.
 */
export const ERRORS = {
  timeout: { code: 0, definite: false },
  "node-not-found": { code: 1, definite: true },
  "not-supported": { code: 10, definite: true },
  "temporarily-unavailable": { code: 11, definite: true },
  "malformed-request": { code: 12, definite: true },
  crash: { code: 13, definite: false },
  abort: { code: 14, definite: true },
  "key-does-not-exist": { code: 20, definite: true },
  "key-already-exists": { code: 21, definite: true },
  "precondition-failed": { code: 22, definite: true },
  "txn-conflict": { code: 30, definite: true },
} as const satisfies Record<string, { code: number; definite: boolean }>;

export type ErrorName = keyof typeof ERRORS;

/** Why an operation did not complete normally. */
export interface OpError {
  /** A name from `ERRORS`, or a system's own (kept as it came from an imported history). */
  readonly name: ErrorName | (string & {});
  /** Free text for people. */
  readonly text?: string;
}

/** The name of a Maelstrom error code; `undefined` if the protocol does not define it. */
export const errorName = (code: number): ErrorName | undefined =>
  (Object.keys(ERRORS) as ErrorName[]).find((name) => ERRORS[name].code === code);

/** True if an error of this name proves that the operation did not happen. Unknown names prove nothing. */
export const isDefinite = (name: string): boolean =>
  Object.hasOwn(ERRORS, name) ? ERRORS[name as ErrorName].definite : false;
