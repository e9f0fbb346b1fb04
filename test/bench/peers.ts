/**
 * What other checkers need for the same histories. Measured by hand on a machine with two shared cores (Porcupine 1.0,
 * Fastlin, Elle 0.2, Plume; best of several runs); our own figures are comparable on such a machine only.
 */
const MEASURED: readonly (readonly [pattern: RegExp, peer: string, reach: string])[] = [
  [/^register, 1,000,/, "Porcupine: none in 60 s", ""],
  [/^register, 100,000,/, "Porcupine: out of 10 GiB", ""],
  [/^register, 1,000,000, c = 100/, "Porcupine: no answer", "1 s, 600 MB"],
  [/^register, 1,000,000/, "Porcupine: no answer", ""],
  [/^kv, 100 keys, 1,000,000/, "Porcupine 4.6-17.7 s, 2.3 GB", "1 s"],
  [/^cas-register, 5 values, 10,000, c = 10/, "Porcupine 0.7 s", "0.2 s"],
  [/^cas-register, 5 values, 100,000, c = 10/, "Porcupine: out of memory", "3 s"],
  [/^cas-register, 5 values, 1,000, c = 20/, "Porcupine 10.7 s", "1 s"],
  [/^cas-register, 5 values, 10,000, c = 20/, "Porcupine: no answer", "10 s"],
  [/real histories/, "Porcupine about 0.35 s", "0.35 s"],
  [/^set, 100 elements/, "Porcupine 4.2-18.2 s, 1.9 GB", "1.5 s"],
  [/^FIFO queue/, "Fastlin 0.9 s", "1.5 s"],
  [/^list-append.*, 100,000/, "Elle 9.3 s, 4.7 GB", "1 s"],
  [/^list-append.*, 1,000,000/, "Elle 229 s, 15 GB", "10 s, 2 GB"],
  [/^rw-register.*, 100,000/, "Elle 7.6 s", "1 s"],
  [/^rw-register.*, 1,000,000/, "Elle 188 s, 13 GB", "10 s, 2 GB"],
  [/^causal-ccv, registers, 100,000/, "Plume 5.8 s", "1 s"],
  [/^causal-ccv, registers, 1,000,000/, "Plume: none in 200 s", "10 s"],
  [/^EDN/, "Elle 83 s", "10 s"],
];

const NAME_WIDTH = 58;

/** Headings of the columns, after a section's name. */
export const PEERS = "; best peer, what was to be reached, here";

/** A line of the table: what, the best peer, what was to be reached, and what was measured here. */
export function line(name: string, ms: number, verdict: string, mb?: number): string {
  const [, peer = "", reach = ""] = MEASURED.find(([pattern]) => pattern.test(name)) ?? [];
  const here = `${(ms / 1000).toFixed(ms < 1000 ? 3 : 2)} s${mb === undefined ? "" : `, ${Math.round(mb)} MB`}`;
  return `  ${name.padEnd(NAME_WIDTH)} ${peer.padEnd(29)} ${reach.padEnd(12)} ${here.padEnd(18)} ${verdict}`;
}
