import type { DirectedLinks, Fault, FaultKind } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";

/** Why a fault cannot be done here, as advice; `undefined` if it can. */
export function faultProblem(
  fault: Fault,
  nodes: readonly NodeId[],
  possible: ReadonlySet<FaultKind>,
): string | undefined {
  if (!possible.has(fault.kind))
    return `${fault.kind}: not possible with these processes on this machine; possible are ${[...possible].join(", ")}`;
  const unknown = mentioned(fault).find((name) => !nodes.includes(name));
  if (unknown !== undefined) return `${fault.kind}: there is no node "${unknown}"; the nodes are ${nodes.join(", ")}`;
  switch (fault.kind) {
    case "clock":
      if (fault.mode === "strobe" && !(fault.periodMs > 0)) return "clock: a strobe's periodMs must be above 0";
      if (!Number.isFinite(fault.mode === "drift" ? fault.rate : fault.offsetMs))
        return `clock: a ${fault.mode} needs a finite ${fault.mode === "drift" ? "rate" : "offsetMs"}`;
      return undefined;
    case "disk":
      return fault.stallMs >= 0 && Number.isFinite(fault.stallMs) ? undefined : "disk: stallMs must be a number from 0";
    case "link":
      for (const name of ["loss", "duplicate", "reorder"] as const) {
        const chance = fault.quality[name] ?? 0;
        if (!(chance >= 0 && chance <= 1)) return `link: ${name} is a probability, from 0 to 1, not ${chance}`;
      }
      return undefined;
    default:
      return undefined;
  }
}

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
