import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type ProcessOptions, startProcesses } from "../../../src/runtimes/process/index.ts";
import { maelstromClient } from "../../../src/systems/maelstrom.ts";
import { Lab, temporaryFolder } from "../../conformance/worlds.ts";

export const program = (name: string): string => fileURLToPath(new URL(`./programs/${name}`, import.meta.url));

/** An ordinary Maelstrom program. */
export const MAELSTROM = [process.execPath, program("maelstrom.mjs")] as const;

/** Starts a program that is not the bundled node; it is stopped when the test is over. */
export async function startProgram(
  command: ProcessOptions["program"]["command"],
  more: Partial<ProcessOptions> & { readonly workload?: "register" | "append" } = {},
) {
  const { workload = "register", ...options } = more;
  const runDir = options.runDir ?? temporaryFolder();
  const cluster = await startProcesses({
    program: { command },
    client: maelstromClient(workload),
    nodes: 1,
    seed: 1,
    bundled: false,
    startTimeoutMs: 30_000,
    ...options,
    runDir,
  });
  onTestFinished(() => cluster.stop());
  return { cluster, lab: new Lab(cluster), runDir };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks again and again, on the real clock; false if it never came true. */
export async function comesTrue(condition: () => boolean | Promise<boolean>, patienceMs = 20_000): Promise<boolean> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; ) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

export const hasProc = existsSync("/proc/self/environ");
