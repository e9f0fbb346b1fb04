import type { JsonObject } from "../../core/json.ts";
import type { Invariant } from "../../core/model.ts";
import { type CrdtObject, coversObject, valueShown } from "./objects.ts";

/**
 * What must be so on the nodes themselves, judged from what they trace:
 *
 * - `state {key, object}`: the node has this of a key from now on, or after a restart.
 * - `interval {from, after, upTo}`: it has joined the deltas of `from` behind the first `after`, up to the one of number `upTo`.
 */
export const crdtInvariants = (): Invariant[] => [statesGrow(), intervalsMeet()];

/** What a node has of an object is never less than what it had, crashes included. */
export function statesGrow(): Invariant {
  const states = new Map<string, CrdtObject>();
  return {
    name: "states-grow",
    source:
      "Shapiro, Preguiça, Baquero & Zawirski, Conflict-free Replicated Data Types (SSS 2011), §2: monotonic semilattice",
    onTrace: (node, event, detail) => {
      if (event !== "state") return undefined;
      const [name, object] = [`${node} ${detail.key}`, objectAt(detail)];
      const before = states.get(name);
      states.set(name, object);
      if (before === undefined) return undefined;
      return (
        coversObject(object, before) ||
        `${node} went back from ${JSON.stringify(valueShown(before))} to ${JSON.stringify(valueShown(object))} of ${detail.key}, or forgot what it had seen`
      );
    },
  };
}

/** An interval begins where its receiver has all of the sender's deltas before it. */
export function intervalsMeet(): Invariant {
  /** By receiver and sender: the receiver has the deltas up to this number. */
  const joined = new Map<string, number>();
  return {
    name: "intervals-meet",
    source:
      "Almeida, Shoker & Baquero, Delta state replicated data types (JPDC 2018), Definition 6: causal delta-merging condition",
    onTrace: (node, event, detail) => {
      if (event !== "interval") return undefined;
      const [after, upTo] = [detail.after as number, detail.upTo as number];
      const pair = `${node} ${detail.from}`;
      const known = joined.get(pair) ?? 0;
      joined.set(pair, Math.max(known, upTo));
      if (after === 0) return undefined;
      return (
        after <= known || `${node} joined deltas of ${detail.from} behind ${after}, but has only the first ${known}`
      );
    },
  };
}

const objectAt = ({ object }: JsonObject): CrdtObject => object as CrdtObject;
