import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Sending = "one-in-flight" | "streaming";
export type Sessions = "sticky" | "roaming";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly sending: Sending;
  readonly sessions: Sessions;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  sending: {
    description: "when a site sends an edit to the server",
    values: {
      "one-in-flight": "when all that it sent before has come back, with all that was typed meanwhile (Wave)",
      streaming: "at once, with all before it that have not come back yet (Jupiter)",
    },
  },
  sessions: {
    description: "which sites a user works at",
    values: {
      sticky: "one",
      roaming: "a random one for each operation, as one who changes between devices",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const chosen = completed(OPTIONS, config);
  return {
    sending: chosen.sending as Sending,
    sessions: chosen.sessions as Sessions,
    bug: bug as BugName | undefined,
  };
}

/** What has not been acknowledged is sent again this often. */
export const RESEND_MS = 50;
/** Most edits or revisions in one message. */
export const BATCH = 100;
