import { mkdirSync } from "node:fs";
import { resolve } from "node:path";

/** Makes the run's folder; gives its absolute path. Throws where there can be no cluster of processes. */
export function prepare(runDir: string): string {
  if (process.platform === "win32")
    throw new Error("The process runtime needs POSIX signals to pause and kill nodes; on Windows, run it inside WSL.");
  const path = resolve(runDir);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Starts a cluster; if it does not come up, stops what did. */
export async function started<C extends { start(): Promise<void>; stop(): Promise<void> }>(cluster: C): Promise<C> {
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
