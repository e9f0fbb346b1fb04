import type { Delay, DirectedLinks, Fault } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";

/** Why a fault makes no sense in a cluster of these nodes, as advice; `undefined` if it does. */
export function faultProblem(fault: Fault, nodes: readonly NodeId[]): string | undefined {
  const unknown = mentioned(fault).find((name) => !nodes.includes(name));
  if (unknown !== undefined) return `${fault.kind}: there is no node "${unknown}"; the nodes are ${nodes.join(", ")}`;
  switch (fault.kind) {
    case "clock":
      if (fault.mode === "strobe" && !(fault.periodMs > 0)) return "clock: a strobe's periodMs must be above 0";
      if (!Number.isFinite(fault.mode === "drift" ? fault.rate : fault.offsetMs))
        return `clock: a ${fault.mode} needs a finite ${fault.mode === "drift" ? "rate" : "offsetMs"}`;
      return undefined;
    case "disk":
      return isSpan(fault.stallMs) ? undefined : "disk: stallMs must be a number from 0";
    case "link": {
      const { delay, ...chances } = fault.quality;
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
      return inLinks(fault.drops);
    case "link":
      return inLinks(fault.links);
    default:
      return [...fault.nodes];
  }
}
