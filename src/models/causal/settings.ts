import type { ModelConfig, ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

export type Sessions = "sticky" | "roaming";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly sessions: Sessions;
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  sessions: {
    description: "which nodes a session talks to",
    values: {
      sticky: "one; it has whatever the session depends on, so nothing ever waits",
      roaming: "a random one each time; it waits until it has what the session depends on, or refuses",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export const settingsOf = ({ sessions }: ModelConfig, bug?: string): Settings => ({
  sessions: sessions === "roaming" ? "roaming" : "sticky",
  bug: bug as BugName | undefined,
});

/** A node sends its peers what they have not acknowledged this often. */
export const RESEND_MS = 50;
/** A request that its node cannot serve yet is refused after this long, so that the client may ask elsewhere. */
export const WAIT_MS = 200;
/** Most writes in one message. */
export const BATCH = 100;
