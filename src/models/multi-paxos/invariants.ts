import type { Invariant } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import { paxosInvariants } from "../shared/paxos-invariants.ts";

/**
 * Each slot is a decree, for which the requirements of single-decree Paxos hold; and the state machines agree. Replicas
 * trace beside what `paxosInvariants` wants:
 *
 * - `start {upTo}`: the state machine holds the log's slots up to this one.
 * - `apply {slot, value}`: it applied a value, given by its name, from this slot of the log.
 */
export const multiPaxosInvariants = (): Invariant[] => [...paxosInvariants(), stateMachines()];

/** "All servers execute the same sequence of commands": slot after slot, and in each slot the same. */
export function stateMachines(): Invariant {
  const applied: { readonly value: string; readonly node: NodeId }[] = [];
  const upTo = new Map<NodeId, number>();
  return {
    name: "state-machines",
    source: "Lamport, Paxos Made Simple, 2001, §3: all servers execute the same sequence of commands",
    onTrace: (node, event, detail) => {
      if (event === "start") upTo.set(node, detail.upTo as number);
      if (event !== "apply") return undefined;
      const slot = detail.slot as number;
      const value = detail.value as string;
      const next = (upTo.get(node) ?? 0) + 1;
      upTo.set(node, slot);
      if (slot !== next) return `${node} applied slot ${slot} where slot ${next} was next`;
      const first = applied[slot];
      if (!first) applied[slot] = { value, node };
      else if (first.value !== value)
        return `in slot ${slot} ${first.node} applied ${quote(first.value)}, but ${node} ${quote(value)}`;
      return true;
    },
  };
}

const quote = (value: string): string => (value === "" ? "a no-op" : value);
