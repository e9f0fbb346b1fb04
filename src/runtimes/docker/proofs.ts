import type { NodeId } from "../../core/operation.ts";
import type { Addresses, PacketFilter } from "./packet-filter.ts";
import { KILLED_CODE, type Pod } from "./pod.ts";
import type { Tools } from "./tools.ts";

/**
 * Whether faults took: each is measured where it strikes, right after it has begun, for a test that broke nothing proves
 * nothing. What cannot be shown rejects with the reason.
 */

/** A node, as far as its links go. */
export interface LinkEnd {
  readonly tools: Tools;
  readonly filter: PacketFilter;
  readonly addresses: Addresses;
  /** It has a network. */
  readonly connected: boolean;
}

/** A directed link that is cut. */
export interface CutLink {
  readonly src: NodeId;
  readonly dest: NodeId;
}

/** On a busy machine packets may need so long to cross the bridge, and a look so long that there is time for one only. */
const PACKETS_MS = 3_000;
/** Another partition that begins or ends on the same node sets the counters back, and so spoils a look. */
const LEAST_LOOKS = 8;
/** Where the probe packets go; nobody listens there. */
const DISCARD_PORT = 9;

/** Sends a packet over each link that is cut, and asks the receivers' filters whether they dropped it. */
export async function provePartition(cuts: readonly CutLink[], part: (node: NodeId) => LinkEnd): Promise<string> {
  const alive = ({ src, dest }: CutLink): boolean => part(src).connected && part(dest).connected;
  const links = cuts.filter(alive);
  if (links.length === 0) return "the nodes at these links are dead";
  try {
    return await proveLinks(links, part);
  } catch (error) {
    // One of them was killed meanwhile.
    if (links.every(alive)) throw error;
    return provePartition(cuts, part);
  }
}

async function proveLinks(cuts: readonly CutLink[], part: (node: NodeId) => LinkEnd): Promise<string> {
  const bySource = groupBy(cuts, ({ src }) => src);
  const byReceiver = groupBy(cuts, ({ dest }) => dest);
  const missing = new Set<string>();
  let packets = 0;
  const endMs = performance.now() + PACKETS_MS;
  for (let looks = 0; looks < LEAST_LOOKS || performance.now() < endMs; looks++) {
    missing.clear();
    packets = 0;
    // Each time anew: a receiver that was started again meanwhile has forgotten what it dropped.
    await Promise.all(
      bySource.map(([src, links]) => {
        const targets = links.flatMap(({ dest }) => part(dest).addresses.v4);
        return part(src).tools.run(
          `for a in ${targets.join(" ")}; do echo > /dev/udp/$a/${DISCARD_PORT}; done 2>/dev/null; true`,
        );
      }),
    );
    await Promise.all(
      byReceiver.map(async ([dest, links]) => {
        const dropped = await part(dest).filter.dropped();
        for (const { src } of links) {
          packets += dropped.get(src) ?? 0;
          if (!dropped.get(src)) missing.add(`${src} to ${dest}`);
        }
      }),
    );
    if (missing.size === 0) return `${packets} packets dropped on ${cuts.length} links`;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`the partition did not take: no packet was dropped from ${[...missing].join(", ")}`);
}

/** A frozen node is reported as such and uses no processor time. */
const STILL_MS = 40;

/** A node that is killed and started meanwhile is frozen again as soon as it is back; engines count seconds over this. */
const FREEZE_MS = 20_000;

export async function provePause(pod: Pod): Promise<string> {
  const endMs = performance.now() + FREEZE_MS;
  for (;;) {
    const seen = await frozen(pod);
    if ("proof" in seen) return seen.proof;
    if (performance.now() > endMs) throw new Error(`the pause did not take: ${pod.id} ${seen.instead}`);
    await new Promise((resolve) => setTimeout(resolve, STILL_MS));
  }
}

async function frozen(pod: Pod): Promise<{ readonly proof: string } | { readonly instead: string }> {
  const state = await pod.state();
  // One that is killed as well cannot be frozen.
  if (state.startsWith("exited")) return { proof: `${pod.id} is dead` };
  if (state !== "paused") return { instead: `is ${state}` };
  const before = await pod.usedNs();
  await new Promise((resolve) => setTimeout(resolve, STILL_MS));
  const usedNs = (await pod.usedNs()) - before;
  // One that was started anew counts anew.
  if (usedNs < 0 || (await pod.state()) !== "paused") return { instead: "was killed while it was looked at" };
  return usedNs === 0
    ? { proof: `${pod.id} frozen, used 0 ns of processor time in ${STILL_MS} ms` }
    : { instead: `used ${usedNs} ns of processor time` };
}

export async function proveKill(pod: Pod): Promise<string> {
  const state = await pod.state();
  if (!state.startsWith("exited")) throw new Error(`the kill did not take: ${pod.id} is ${state}`);
  return `${pod.id} ${state}${state.endsWith(` ${KILLED_CODE}`) ? " (SIGKILL)" : ""}`;
}

/** How long a clock may take to show what it should. */
const CLOCK_PATIENCE_MS = 15_000;
/** Less than this cannot be told from the time that the question takes. */
const LEAST_SKEW_MS = 20;
const MOST_ERROR_MS = 1_000;
/** On a busy machine a node sees its clock change so much later than it should. */
const MOST_LAG_MS = 5_000;

export interface ClockReading {
  readonly node: NodeId;
  /** The node's own clock, milliseconds since the epoch. Rejects, or never answers, if it cannot be asked. */
  look(): Promise<number>;
  /** By how much it was ahead of the harness's when no fault was in force. */
  readonly baselineMs: number;
  /** How far the faults in force have moved it. */
  expectedMs(): number;
}

/** Asks a node for its own clock, again and again until it is off by what the faults in force make it, or made it lately. */
export async function proveClock({ node, look, baselineMs, expectedMs }: ClockReading): Promise<string> {
  const startMs = performance.now();
  const wanted: { readonly atMs: number; readonly offsetMs: number }[] = [];
  let seen = "did not answer";
  do {
    wanted.push({ atMs: performance.now(), offsetMs: expectedMs() });
    try {
      const aheadMs = (await offsetMs(look)) - baselineMs;
      wanted.push({ atMs: performance.now(), offsetMs: expectedMs() });
      const lately = wanted.filter(({ atMs }) => atMs >= performance.now() - MOST_LAG_MS);
      if (lately.some(({ offsetMs }) => isOffBy(aheadMs, offsetMs)))
        return `${node}'s own clock is off by ${Math.round(aheadMs)} ms`;
      seen = `is off by ${Math.round(aheadMs)} ms, and should be by ${Math.round(expectedMs())} ms`;
    } catch {
      // Frozen, dead, or just being started.
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  } while (performance.now() - startMs < CLOCK_PATIENCE_MS);
  throw new Error(`the clock fault did not take: ${node}'s own clock ${seen}`);
}

/** A strobe is at times where it should be; a drift begins there. */
const isOffBy = (aheadMs: number, wantedMs: number): boolean =>
  Math.abs(wantedMs) >= LEAST_SKEW_MS &&
  Math.abs(aheadMs - wantedMs) <= Math.min(MOST_ERROR_MS, Math.abs(wantedMs) / 2);

/** By how much a clock is ahead of this machine's; the question is taken to travel for as long as the answer. */
export async function offsetMs(look: () => Promise<number>): Promise<number> {
  const sentMs = Date.now();
  const theirsMs = await look();
  return theirsMs - (sentMs + Date.now()) / 2;
}

function groupBy<T>(items: readonly T[], key: (item: T) => NodeId): [NodeId, T[]][] {
  const groups = new Map<NodeId, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups];
}
