import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { benchCausal } from "./causal.ts";
import { benchCollections } from "./collections.ts";
import { benchDocker } from "./docker.ts";
import { benchLinearizability, benchPorcupine } from "./linearizability.ts";
import { line, PEERS } from "./peers.ts";
import { benchRaftHour } from "./raft-hour.ts";
import { benchReaders } from "./readers.ts";
import { benchSim } from "./sim.ts";
import { benchTransactions } from "./transactions.ts";
import { benchWeakIsolation } from "./weak-isolation.ts";

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const print = (text: string): boolean => process.stdout.write(`${text}\n`);
const CORPUS = fileURLToPath(new URL("../../../../shared/corpus/porcupine", import.meta.url));

/** What is measured, each in a process of its own. */
const SECTIONS: Readonly<Record<string, () => Promise<void>>> = {
  async simulator() {
    print("Simulator");
    for (const { name, virtualS, wallMs, events, eventsPerS } of await benchSim())
      print(
        `  ${name.padEnd(48)} ${count(virtualS)} s virtual in ${count(wallMs)} ms: ${count(events)} events, ${count(eventsPerS)} a second`,
      );
  },

  async "raft-hour"() {
    const hour = await benchRaftHour();
    print("An hour of Raft: 5 nodes, 5 clients at 10 operations a second each, all kinds of faults");
    print(
      `  run    ${hour.runS.toFixed(1)} s: ${count(hour.events)} events, ${count(hour.eventsPerS)} a second, ${count(hour.operations)} operations`,
    );
    print(`  judged ${hour.checkS.toFixed(1)} s: linearizable ${hour.linearizable}`);
  },

  async linearizability() {
    print(`Linearizability: c clients without think time${PEERS}`);
    for (const { spec, operations, clients, keys, values, kind, checkMs, peakMb, verdict } of benchLinearizability()) {
      const what = `${spec}${values === undefined ? "" : `, ${values} values`}${keys > 1 ? `, ${keys} keys` : ""}`;
      print(line(`${what}, ${count(operations)}, c = ${clients}, ${kind}`, checkMs, verdict, peakMb));
    }
    const real = await benchPorcupine(CORPUS);
    if (real === undefined) print("  skipped: the real histories of etcd are not there (../shared/corpus)");
    else {
      const what = `${real.histories} real histories, ${real.wrong} verdicts wrong`;
      print(line(what, real.decideMs, "as known"));
      print(line("the same, with the proofs of what is broken", real.decideMs + real.explainMs, "as known"));
    }
  },

  async collections() {
    print(`Linearizability of collections, counters and locks${PEERS}`);
    for (const { name, operations, clients, checkMs, verdict } of benchCollections())
      print(line(`${name}, ${count(operations)}, c = ${clients}`, checkMs, verdict));
  },

  async "list-append"() {
    transactions("list-append");
  },

  async "rw-register"() {
    transactions("rw-register");
  },

  async "weak-isolation"() {
    print(`Weak isolation: registers, 4 micro-operations, 64 keys in rotation, 20 sessions${PEERS}`);
    for (const { name, transactions, checkMs, verdict } of benchWeakIsolation())
      print(line(`${name}, ${count(transactions)}`, checkMs, verdict));
  },

  async causal() {
    print("Causal consistency, PRAM and sequential consistency of registers");
    for (const { name, operations, checkMs, verdict } of benchCausal())
      print(line(`${name}, ${count(operations)}`, checkMs, verdict));
  },

  async readers() {
    print(`Reading${PEERS}`);
    for (const { name, operations, fileMb, readMs, maxRssMb } of await benchReaders())
      print(line(`${name}, ${count(operations)}, ${count(fileMb)} MB`, readMs, "read", maxRssMb));
  },

  async docker() {
    print("Docker: a server that does nothing, through the harness and over bare sockets");
    try {
      for (const { clients, opsPerS, harnessUs, bareUs, bareOpsPerS } of await benchDocker())
        print(
          `  ${`${clients} client${clients === 1 ? "" : "s"}`.padEnd(12)} ${count(opsPerS).padStart(7)} operations a second, ${count(harnessUs).padStart(6)} µs each; bare ${count(bareOpsPerS).padStart(7)} a second, ${count(bareUs).padStart(6)} µs; added ${count(harnessUs - bareUs)} µs, ratio ${(bareOpsPerS / opsPerS).toFixed(2)}`,
        );
    } catch (error) {
      if ((error as Error).name !== "EngineError") throw error;
      print(`  skipped: ${(error as Error).message}`);
    }
  },
};

function transactions(kind: "list-append" | "rw-register"): void {
  print(`Isolation, all models: ${kind}, transactions of 4, 64 keys in rotation, 20 clients${PEERS}`);
  for (const { name, transactions, checkMs, residentMiB, verdict } of benchTransactions(kind))
    print(line(`${name}, ${count(transactions)}`, checkMs, verdict, residentMiB * 1.048576));
}

/** `npm run bench [-- SECTION…]`: speeds on this machine, to be compared within one run only. */
const asked = process.argv.slice(2);
const [only] = asked;
if (asked.length === 1 && only !== undefined && Object.hasOwn(SECTIONS, only)) await SECTIONS[only]?.();
else {
  const unknown = asked.find((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no section "${unknown}". Known: ${Object.keys(SECTIONS).join(", ")}.\n`);
    process.exit(254);
  }
  for (const name of asked.length > 0 ? asked : Object.keys(SECTIONS)) {
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
}
