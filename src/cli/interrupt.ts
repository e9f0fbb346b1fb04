import { EXIT } from "./user-error.ts";

/** Runs `work` with a signal that Ctrl-C and SIGTERM abort. A second Ctrl-C ends the process at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = (): void => {
    // The guard beside a run of processes ends its nodes even now; what is left in Docker the next run there removes.
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write("\nInterrupted: healing faults and stopping nodes. Press Ctrl-C again to leave at once.\n");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}
