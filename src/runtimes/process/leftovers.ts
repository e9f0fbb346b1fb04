import { harnessLives } from "../shared/real/owner.ts";
import { commandOf, environmentOf, pidNamespaceOf, processIds } from "../shared/real/procfs.ts";
import { TOKEN_VARIABLE } from "./guard.ts";

/** A process of a run whose harness is gone. */
export interface Leftover {
  readonly pid: number;
  /** The run's token: the harness's process id, its start, and a random part. */
  readonly token: string;
  /** The run's folder. */
  readonly runDir: string;
  readonly command: string;
}

/** The variable that tells a node where its run's folder is. */
export const RUN_DIR_VARIABLE = "SPLITBRAIN_RUN_DIR";

/**
 * Processes that a harness started and did not take with it. There should be none, ever: a guard sees to that; it can
 * only be so if the guard, too, was killed. Empty on systems without /proc.
 */
export async function findLeftovers(): Promise<Leftover[]> {
  // In another container the harness may well be alive under an id that means nothing here.
  const here = pidNamespaceOf("self");
  const found: Leftover[] = [];
  for (const pid of processIds()) {
    const token = environmentOf(pid, TOKEN_VARIABLE);
    if (token === undefined || harnessLives(token) || pidNamespaceOf(pid) !== here) continue;
    found.push({ pid, token, runDir: environmentOf(pid, RUN_DIR_VARIABLE) ?? "", command: commandOf(pid) });
  }
  return found;
}

/** Ends them, and returns those that it ended. */
export async function killLeftovers(leftovers?: readonly Leftover[]): Promise<Leftover[]> {
  const killed: Leftover[] = [];
  for (const leftover of leftovers ?? (await findLeftovers())) {
    const { pid, token } = leftover;
    // The id may have passed to another process since it was looked up.
    if (environmentOf(pid, TOKEN_VARIABLE) !== token) continue;
    try {
      process.kill(pid, "SIGKILL");
      killed.push(leftover);
    } catch {
      // Gone by itself, or another user's.
    }
  }
  return killed;
}
