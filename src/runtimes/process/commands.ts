import { connect } from "node:net";
import type { ClusterEvents } from "../../core/cluster.ts";
import type { ModelConfig } from "../../core/model.ts";
import type { System } from "../../core/system.ts";
import { CommandCluster } from "./commands-cluster.ts";
import { CommandFailure } from "./commands-failure.ts";
import { askedFaketime } from "./faketime.ts";
import { startGuard } from "./guard.ts";
import { prepare, started } from "./launch.ts";

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
  const runDir = prepare(options.runDir);
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
  return started(cluster);
}

async function faketimeFor(asked: boolean | string = false): Promise<CommandCluster["options"]["faketime"]> {
  if (asked === false) return { refused: "libfaketime was not asked for, which would bend the clock" };
  const library = await askedFaketime(asked);
  if (library !== undefined) return { library };
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
