/** Exit codes, Jepsen's: of a run the verdict, else what went wrong. */
export const EXIT = { valid: 0, invalid: 1, unknown: 2, interrupted: 130, badArguments: 254, crashed: 255 } as const;

/** Something the user can put right: one line that says what is wrong, where, and what would be right. Exit 254. */
export class UserError extends Error {
  override readonly name = "UserError";
}
