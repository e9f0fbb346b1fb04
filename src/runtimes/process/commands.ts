import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { resolve } from "node:path";
import type { ClusterEvents } from "../../core/cluster.ts";
import type { ModelConfig } from "../../core/model.ts";
import type { System } from "../../core/system.ts";
import { CommandCluster } from "./commands-cluster.ts";
import { CommandFailure } from "./commands-failure.ts";
import { findFaketime } from "./faketime.ts";
import { startGuard } from "./guard.ts";

export interface CommandsOptions {
  /** Its deployment is of the kind `commands`: each is a node. */
  readonly system: System;
  readonly config?: ModelConfig | undefined;
  readonly seed: number;
  /** Takes `nodes/nX.log`, `data/nX/`, `processes.json`. Made if it is not there. */
  readonly runDir: string;
  readonly events?: ClusterEvents | undefined;
  /** Bend clocks with libfaketime, looked for in the usual places or at this path; see `ProcessOptions`. */
  readonly faketime?: boolean | string | undefined;
  /** How long a node may take to become ready, and the system to be set up, milliseconds; by default 30,000. */
  readonly startTimeoutMs?: number | undefined;
}

const DEFAULT_START_TIMEOUT_MS = 30_000;

/**
 * Starts the programs that are the nodes of a system on this machine; resolves once it serves clients. Rejects with a
 * `StartFailure` that says what to do if one does not come up; then no process stays behind.
 */
export async function startCommands(options: CommandsOptions): Promise<CommandCluster> {
  const { system, config = {}, seed, events = {}, startTimeoutMs = DEFAULT_START_TIMEOUT_MS } = options;
  const { deployment } = system;
  if (deployment.kind !== "commands") throw new Error(`${system.name} is not made of commands`);
  if (process.platform === "win32")
    throw new Error("The process runtime needs POSIX signals to pause and kill nodes; on Windows, run it inside WSL.");
  const runDir = resolve(options.runDir);
  mkdirSync(runDir, { recursive: true });
  const faketime = await faketimeFor(options.faketime);
  for (const [i, { host, port }] of deployment.commands.entries())
    if (await answers(host, port))
      throw new CommandFailure(
        `Node n${i + 1} cannot be started: another program serves ${host}:${port} already. End it, or give another port.`,
      );
  const cluster = new CommandCluster(
    { system, config, commands: deployment.commands, seed, runDir, events, faketime, startTimeoutMs },
    await startGuard(),
  );
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function faketimeFor(asked: boolean | string = false): Promise<CommandCluster["options"]["faketime"]> {
  if (asked === false) return { refused: "libfaketime was not asked for, which would bend the clock" };
  const library = await findFaketime(asked === true ? undefined : asked);
  if (library !== undefined) return { library };
  if (typeof asked === "string")
    throw new Error(`${asked} is no libfaketime that works here. Give the path of libfaketimeMT.so.1, or none.`);
  return { refused: "libfaketime, which bends the clock of a program, is not installed or does not work here" };
}

/** True if somebody listens there. */
const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (heard: boolean): void => {
      socket.destroy();
      resolve(heard);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
