import type { Delay, DirectedLinks, Fault } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";

/**
 * Why a fault makes no sense in a cluster of these nodes, as advice; `undefined` if it does.
 *
 * @param containers true where nodes are containers, which can do a little more.
 */
export function faultProblem(fault: Fault, nodes: readonly NodeId[], containers = false): string | undefined {
  const unknown = mentioned(fault).find((name) => !nodes.includes(name));
  if (unknown !== undefined) return `${fault.kind}: there is no node "${unknown}"; the nodes are ${nodes.join(", ")}`;
  switch (fault.kind) {
    case "clock":
      if (fault.mode === "strobe" && !(fault.periodMs > 0)) return "clock: a strobe's periodMs must be above 0";
      if (!Number.isFinite(fault.mode === "drift" ? fault.rate : fault.offsetMs))
        return `clock: a ${fault.mode} needs a finite ${fault.mode === "drift" ? "rate" : "offsetMs"}`;
      return undefined;
    case "partition":
      if (fault.clients && !containers)
        return "partition: only the docker runtime can cut clients off; leave `clients` out";
      return undefined;
    case "disk":
      if ("full" in fault)
        return containers ? undefined : "disk: only the docker runtime can fill a disk; give stallMs";
      return isSpan(fault.stallMs) ? undefined : "disk: stallMs must be a number from 0";
    case "link": {
      const { delay, rateKbit, ...chances } = fault.quality;
      if (rateKbit !== undefined && !containers)
        return "link: only the docker runtime can limit the rate; leave rateKbit out";
      if (rateKbit !== undefined && !(rateKbit > 0)) return `link: rateKbit must be a number above 0, not ${rateKbit}`;
      for (const [name, chance] of Object.entries(chances))
        if (!(chance >= 0 && chance <= 1)) return `link: ${name} is a probability, from 0 to 1, not ${chance}`;
      return delay && delayProblem(delay);
    }
    default:
      return undefined;
  }
}

/** Why a delay makes no sense, as advice. */
export function delayProblem(delay: Delay): string | undefined {
  const { kind, ...spans } = delay;
  for (const [name, span] of Object.entries(spans))
    if (!isSpan(span)) return `${kind} delay: ${name} must be a number from 0, not ${span}`;
  if ("maxMs" in delay && delay.minMs > delay.maxMs) return `${kind} delay: minMs is above maxMs`;
  return undefined;
}

const isSpan = (ms: number): boolean => ms >= 0 && Number.isFinite(ms);

function mentioned(fault: Fault): NodeId[] {
  const inLinks = (links: DirectedLinks = {}): NodeId[] => [...Object.keys(links), ...Object.values(links).flat()];
  switch (fault.kind) {
    case "partition":
      return [...inLinks(fault.drops), ...(fault.clients ?? [])];
    case "link":
      return inLinks(fault.links);
    default:
      return [...fault.nodes];
  }
}
