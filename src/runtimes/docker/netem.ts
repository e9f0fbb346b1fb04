import type { Delay, LinkQuality } from "../../core/fault.ts";
import type { Tools } from "./tools.ts";

/** How a link is to fare, and to which addresses it leads. */
export interface ShapedLink {
  readonly addresses: readonly string[];
  readonly quality: LinkQuality;
}

/** The kernel's `prio` discipline has so many bands at most; one carries what is not shaped. */
const MAX_BANDS = 16;
/** A message is held back for so long if it is to be overtaken and the link has no delay of its own, milliseconds. */
const REORDER_DELAY_MS = 10;

/** Whether the kernel can shape links at all: not every one has the `netem` queueing discipline. */
export async function hasNetem(tools: Tools): Promise<boolean> {
  try {
    await tools.run("tc qdisc add dev lo root netem delay 1ms && tc qdisc del dev lo root");
    return true;
  } catch {
    return false;
  }
}

/** Shapes what a node sends, per receiver; with no links everything goes as it comes. */
export async function shape(tools: Tools, links: readonly ShapedLink[]): Promise<void> {
  const devices = (await tools.run("ls /sys/class/net")).split(/\s+/).filter((device) => device && device !== "lo");
  for (const device of devices) await tools.run(shapingCommands(device, links).join("; "));
}

/** Commands that shape a device's output: a band for each quality, and filters that sort packets by their receiver. */
export function shapingCommands(device: string, links: readonly ShapedLink[]): string[] {
  const clear = `tc qdisc del dev ${device} root 2>/dev/null || true`;
  const byQuality = new Map<string, string[]>();
  for (const { addresses, quality } of links) {
    const options = netemOptions(quality);
    if (options !== "") byQuality.set(options, [...(byQuality.get(options) ?? []), ...addresses]);
  }
  if (byQuality.size === 0) return [clear];
  if (byQuality.size >= MAX_BANDS)
    throw new RangeError(`a node's links can have ${MAX_BANDS - 1} different qualities at most, not ${byQuality.size}`);
  const bands = byQuality.size + 1;
  const unshaped = new Array(16).fill(0).join(" ");
  const root = `tc qdisc add dev ${device} root handle 1: prio bands ${bands} priomap ${unshaped}`;
  const shaped = [...byQuality].flatMap(([options, addresses], i) => [
    `tc qdisc add dev ${device} parent 1:${(i + 2).toString(16)} handle ${i + 16}: netem ${options}`,
    ...addresses.map(
      (address) =>
        `tc filter add dev ${device} parent 1: protocol ${address.includes(":") ? "ipv6" : "ip"} u32 match ${
          address.includes(":") ? "ip6" : "ip"
        } dst ${address} flowid 1:${(i + 2).toString(16)}`,
    ),
  ]);
  return [clear, ["true", root, ...shaped].join(" && ")];
}

/** A quality in netem's words; empty if nothing is to be done. */
export function netemOptions({ delay, loss, duplicate, reorder, rateKbit }: LinkQuality): string {
  const words = [delay ? delayWords(delay) : ""];
  // Without a delay there is nothing that others could overtake.
  if (reorder && words[0] === "") words[0] = `delay ${REORDER_DELAY_MS}ms`;
  // Netem lets the given share pass at once, so that it overtakes the rest; ours is the share that is held back.
  if (reorder) words.push(`reorder ${percent(1 - reorder)}`);
  if (loss) words.push(`loss ${percent(loss)}`);
  if (duplicate) words.push(`duplicate ${percent(duplicate)}`);
  if (rateKbit) words.push(`rate ${rateKbit}kbit`);
  return words.filter((word) => word !== "").join(" ");
}

/**
 * Netem knows a mean and a jitter, uniform unless a table is named; it has none for exponential delays. Empty for no delay
 * at all, with which it takes neither a table nor reordering.
 */
function delayWords(delay: Delay): string {
  const words = wordsOf(delay);
  return words.startsWith("delay 0ms") ? "" : words;
}

function wordsOf(delay: Delay): string {
  switch (delay.kind) {
    case "constant":
      return `delay ${ms(delay.ms)}`;
    case "uniform":
      return `delay ${ms((delay.minMs + delay.maxMs) / 2)} ${ms((delay.maxMs - delay.minMs) / 2)}`;
    case "exponential":
      return `delay ${ms(delay.meanMs)} ${ms(delay.meanMs)}`;
    case "long-tail":
      return `delay ${ms(2 * delay.minMs)} ${ms(delay.minMs)} distribution pareto`;
  }
}

const ms = (value: number): string => `${Number(value.toFixed(3))}ms`;
const percent = (share: number): string => `${Number((share * 100).toFixed(4))}%`;
