import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Model } from "../../src/core/model.ts";
import { NS_PER_S } from "../../src/core/time.ts";
import { Recorder } from "../../src/history/recorder.ts";
import { startBundled } from "../../src/runtimes/docker/index.ts";
import { encodeFrame, FrameSplitter } from "../../src/runtimes/shared/frames.ts";

export interface OverheadBench {
  readonly clients: number;
  readonly opsPerS: number;
  /** Mean time of an operation through the harness, and of a bare loop over a socket, microseconds. */
  readonly harnessUs: number;
  readonly bareUs: number;
  readonly bareOpsPerS: number;
}

const CLIENTS = [1, 10, 100];
const SECONDS = 3;
/** Plain JavaScript: the sources' folder has it, not the build. */
const MODULE = fileURLToPath(new URL("../../../test/bench/noop.mjs", import.meta.url));

/**
 * What the harness costs: clients in a closed loop against a server in a container that does nothing, recorded to a file
 * as in a run; and the same frames over bare sockets, with neither sessions nor a recorder.
 */
export async function benchDocker(): Promise<OverheadBench[]> {
  const noop = ((await import(pathToFileURL(MODULE).href)) as { default: Model }).default;
  const runDir = mkdtempSync(join(tmpdir(), "splitbrain-bench-"));
  const ports: number[] = [];
  const cluster = await startBundled({
    args: [],
    module: MODULE,
    client: (env) => noop.client(env, {}),
    nodes: ["n1"],
    seed: 1,
    runDir,
    wanted: new Set(),
    onPublished: (_node, port) => ports.push(port),
  });
  try {
    const results: OverheadBench[] = [];
    let process = 0;
    for (const clients of CLIENTS) {
      // In turn, so that a machine that slows down slows both.
      const bare = await loops(clients, () => bareLoop(ports[0] ?? 0));
      const recorder = new Recorder({ nodes: ["n1"] }, join(runDir, `history-${clients}.jsonl`));
      const harness = await loops(clients, async () => {
        const own = process++;
        const session = cluster.open(own, "n1");
        return {
          once: async () => {
            const op = { f: "read", input: null };
            const index = recorder.invoke({ ...op, process: own, node: "n1", atNs: cluster.nowNs() });
            recorder.complete(index, await session.invoke(op, 5 * NS_PER_S), cluster.nowNs());
          },
          close: () => session.close(),
        };
      });
      recorder.close();
      results.push({
        clients,
        opsPerS: harness.opsPerS,
        harnessUs: harness.meanUs,
        bareUs: bare.meanUs,
        bareOpsPerS: bare.opsPerS,
      });
    }
    return results;
  } finally {
    await cluster.stop();
    rmSync(runDir, { recursive: true, force: true });
  }
}

interface Loop {
  once(): Promise<void>;
  close(): void;
}

async function loops(clients: number, open: () => Promise<Loop>): Promise<{ opsPerS: number; meanUs: number }> {
  const all = await Promise.all(Array.from({ length: clients }, open));
  await Promise.all(all.map((loop) => loop.once()));
  let operations = 0;
  const startMs = performance.now();
  const endMs = startMs + SECONDS * 1000;
  await Promise.all(
    all.map(async (loop) => {
      while (performance.now() < endMs) {
        await loop.once();
        operations++;
      }
    }),
  );
  const elapsedMs = performance.now() - startMs;
  for (const loop of all) loop.close();
  return { opsPerS: (operations / elapsedMs) * 1000, meanUs: (elapsedMs * 1000 * clients) / operations };
}

let names = 0;

/** The same messages over a socket of its own. */
async function bareLoop(port: number): Promise<Loop> {
  const name = `b${names++}`;
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  let answered = (): void => undefined;
  const splitter = new FrameSplitter(() => answered());
  socket.on("data", (chunk) => splitter.push(chunk));
  await new Promise<void>((resolve) => {
    answered = resolve;
    socket.write(encodeFrame({ hello: name }));
  });
  let id = 0;
  return {
    once: () =>
      new Promise((resolve) => {
        answered = resolve;
        socket.write(encodeFrame({ src: name, dest: "n1", body: { type: "read", msg_id: ++id } }));
      }),
    close: () => socket.destroy(),
  };
}
