import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import { type Cluster, type ClusterEvents, nodeNames } from "../../src/core/cluster.ts";
import type { LinkQuality } from "../../src/core/fault.ts";
import type { Json } from "../../src/core/json.ts";
import type { Invocation, NodeId, Outcome } from "../../src/core/operation.ts";
import { msToNs } from "../../src/core/time.ts";
import { startBundled } from "../../src/runtimes/docker/index.ts";
import { nodeEntry, startProcesses } from "../../src/runtimes/process/index.ts";
import { startSim } from "../../src/runtimes/sim/index.ts";
import { missingDocker } from "../support/docker.ts";
import probe from "./probe.mjs";

export interface WorldOptions {
  readonly nodes?: number;
  readonly seed?: number;
  readonly network?: LinkQuality;
  readonly events?: ClusterEvents;
}

/** A runtime with the probe on it. */
export interface World {
  readonly name: string;
  /** Who carries messages: the harness, which sees and governs each, or a real network. */
  readonly network: "harness" | "tcp";
  /** Links can be made slow and lossy. */
  readonly shapes: boolean;
  /** Why this machine cannot run it, if it cannot. */
  readonly missing?: string | undefined;
  start(options: WorldOptions): Promise<Cluster & { failures(): readonly unknown[] }>;
}

/** The probe as operating-system processes. The run's folder goes when the test is over. */
export function startProbe(
  { nodes = 3, seed = 1, network, events }: WorldOptions,
  more: { readonly faketime?: boolean; readonly runDir?: string } = {},
) {
  const runDir = more.runDir ?? temporaryFolder();
  return startProcesses({
    program: { command: [process.execPath, nodeEntry(), fileURLToPath(new URL("./probe.mjs", import.meta.url))] },
    client: (env) => probe.client(env, {}),
    nodes,
    seed,
    network,
    events,
    runDir,
    bundled: true,
    startTimeoutMs: 30_000,
    ...more,
  });
}

/** A new folder that goes when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "splitbrain-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const sim: World = {
  name: "sim",
  network: "harness",
  shapes: true,
  start: async ({ nodes = 3, seed = 1, network, events }) =>
    startSim({ model: probe, config: {}, nodes, seed, network, events }),
};

export const processes: World = {
  name: "process",
  network: "harness",
  shapes: true,
  start: (options) => startProbe(options),
};

export const docker: World = {
  name: "docker",
  network: "tcp",
  shapes: false,
  missing: await missingDocker(),
  start: ({ nodes = 3, seed = 1, events }) =>
    startBundled({
      args: [],
      module: fileURLToPath(new URL("./probe.mjs", import.meta.url)),
      client: (env) => probe.client(env, {}),
      nodes: nodeNames(nodes),
      seed,
      events,
      runDir: temporaryFolder(),
      wanted: new Set(["clock", "disk"]),
    }),
};

/** Clocks are bent by hours, and read to within minutes: no pause of a busy machine is mistaken for a fault. */
export const HOUR_MS = 3_600_000;
export const NOISE_MS = HOUR_MS / 6;

/** An operation may take this long on a machine that is busy with other things. */
export const PATIENCE_MS = 30_000;

/** A running cluster as tests like it: every question comes from a client of its own. */
export class Lab {
  readonly cluster: Cluster;
  #nextProcess = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  async outcome(
    node: NodeId,
    op: Omit<Invocation, "input"> & { input?: Json },
    timeoutMs = PATIENCE_MS,
  ): Promise<Outcome> {
    const session = this.cluster.open(this.#nextProcess++, node);
    try {
      return await session.invoke({ input: null, ...op }, msToNs(timeoutMs));
    } finally {
      session.close();
    }
  }

  /** The answer to `f`, which must be one. */
  async ask<T = Json>(node: NodeId, f: string, key?: string, input: Json = null): Promise<T> {
    const outcome = await this.outcome(node, { f, ...(key === undefined ? {} : { key }), input });
    if (outcome.type !== "ok") expect.fail(`${node} did not answer ${f}: ${JSON.stringify(outcome)}`);
    return outcome.value as T;
  }

  /** What a node got from its peers. */
  async inbox(node: NodeId): Promise<Json[]> {
    const notes = await this.ask<{ input: Json }[]>(node, "inbox");
    return notes.map(({ input }) => input);
  }

  /** By how much a node's wall clock is ahead of another's; true but for the time that the two questions take. */
  async aheadMs(node: NodeId, of: NodeId): Promise<number> {
    const clock = (who: NodeId): Promise<{ wallMs: number }> => this.ask(who, "clock");
    const [theirs, its] = [await clock(of), await clock(node)];
    return its.wallMs - theirs.wallMs;
  }

  sleep(ms: number): Promise<void> {
    return this.cluster.sleepUntilNs(this.cluster.nowNs() + msToNs(ms));
  }

  /** Asks again and again until the answer is as wanted; fails if it never is. */
  async until<T>(what: () => T | Promise<T>, wanted: (answer: T) => boolean, patienceMs = PATIENCE_MS): Promise<T> {
    const endNs = this.cluster.nowNs() + msToNs(patienceMs);
    for (;;) {
      const answer = await what();
      if (wanted(answer)) return answer;
      if (this.cluster.nowNs() > endNs) expect.fail(`waited in vain; the last answer was ${JSON.stringify(answer)}`);
      await this.sleep(20);
    }
  }
}
