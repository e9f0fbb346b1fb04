import { UserError } from "./user-error.ts";

/** Names of errors that other folders throw at things a user can put right; each says so in one line. */
const MISTAKES = new Set(["UserError", "HistoryError", "RunFolderError", "StartFailure", "ConfigError", "EngineError"]);

/** True for an error that is the user's to mend: a wrong argument, a bad file, a node program that does not start. */
export const isUserMistake = (error: unknown): error is Error =>
  error instanceof UserError || (error instanceof Error && MISTAKES.has(error.name));
