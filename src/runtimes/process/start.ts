import { type ClusterEvents, nodeNames } from "../../core/cluster.ts";
import type { LinkQuality } from "../../core/fault.ts";
import type { Client, ClientEnv } from "../../core/replica.ts";
import { ProcessCluster } from "./cluster.ts";
import { askedFaketime } from "./faketime.ts";
import { startGuard } from "./guard.ts";
import { prepare, started } from "./launch.ts";

export interface ProcessOptions {
  /** The program that every node runs. It finds the folder for its data in the variable `SPLITBRAIN_DATA`. */
  readonly program: {
    readonly command: readonly [string, ...string[]];
    readonly env?: Readonly<Record<string, string>> | undefined;
  };
  /** The client of one session. */
  client(env: ClientEnv): Client;
  /** How many; they are called n1, n2, … */
  readonly nodes: number;
  readonly seed: number;
  /** Takes `nodes/nX.log`, `data/nX/`, `processes.json`. Made if it is not there. */
  readonly runDir: string;
  /** How messages between nodes fare when nothing is broken. Clients get the delay alone. By default nothing is added. */
  readonly network?: LinkQuality | undefined;
  readonly events?: ClusterEvents | undefined;
  /** True if the program is the bundled node, which understands the harness's control messages. */
  readonly bundled: boolean;
  /**
   * Bend clocks with libfaketime, looked for in the usual places or at this path. Bundled nodes need it not. Off by
   * default, because preloading it breaks some programs even while their clock is true (see `faketime.ts`). A program
   * that does not load it (one that is linked statically) cannot do clock faults.
   */
  readonly faketime?: boolean | string | undefined;
  /** How long a node may take to answer `init`, milliseconds; by default 10,000. */
  readonly startTimeoutMs?: number | undefined;
}

export const DEFAULT_START_TIMEOUT_MS = 10_000;

/**
 * Starts one operating-system process per node and speaks the Maelstrom protocol with it. Rejects with a `StartFailure`
 * that says what to do if a node does not come up; then no process stays behind.
 */
export async function startProcesses(options: ProcessOptions): Promise<ProcessCluster> {
  const { program, nodes, seed, network = {}, events = {}, bundled } = options;
  if (!Number.isInteger(nodes) || nodes < 1) throw new RangeError(`nodes must be a whole number from 1, not ${nodes}`);
  const runDir = prepare(options.runDir);
  const faketime = await askedFaketime(options.faketime);
  const cluster = new ProcessCluster(
    {
      command: program.command,
      env: program.env ?? {},
      client: (env) => options.client(env),
      nodes: nodeNames(nodes),
      seed,
      runDir,
      network,
      events,
      bundled,
      faketime,
      startTimeoutMs: options.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
    },
    await startGuard(),
  );
  return started(cluster);
}
