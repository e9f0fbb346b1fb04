import { benchCheckers } from "./checkers.ts";
import { benchDocker } from "./docker.ts";
import { benchRaftHour } from "./raft-hour.ts";
import { benchSim } from "./sim.ts";

/** `npm run bench`: speeds on this machine, to be compared within one run only. */
const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const print = (line: string): boolean => process.stdout.write(`${line}\n`);

print("Simulator");
for (const { name, virtualS, wallMs, events, eventsPerS } of await benchSim())
  print(
    `  ${name.padEnd(48)} ${count(virtualS)} s virtual in ${count(wallMs)} ms: ${count(events)} events, ${count(eventsPerS)} a second`,
  );

const hour = await benchRaftHour();
print("An hour of Raft: 5 nodes, 5 clients at 10 operations a second each, all kinds of faults");
print(
  `  run    ${hour.runS.toFixed(1)} s: ${count(hour.events)} events, ${count(hour.eventsPerS)} a second, ${count(hour.operations)} operations`,
);
print(`  judged ${hour.checkS.toFixed(1)} s: linearizable ${hour.linearizable}`);

print("Checkers");
for (const { name, operations, checkMs, verdict } of benchCheckers())
  print(
    `  ${name.padEnd(48)} ${count(operations).padStart(9)} operations  ${count(checkMs).padStart(7)} ms  valid: ${verdict}`,
  );

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
