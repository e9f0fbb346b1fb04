import * as fc from "fast-check";
import type { NodeId } from "../../../../src/core/operation.ts";

export const NODES: readonly NodeId[] = ["n1", "n2", "n3"];

/** Something happens at a node: by itself, or because it receives what another node sent at one of its events. */
export interface Event {
  readonly node: NodeId;
  /** The position of the event at which what it receives was sent. */
  readonly from?: number;
}

/** Executions of a few nodes that send each other messages, which may be lost, doubled, and overtake each other. */
export const executions: fc.Arbitrary<readonly Event[]> = fc
  .array(fc.record({ node: fc.constantFrom(...NODES), from: fc.option(fc.nat(), { nil: undefined }) }), {
    maxLength: 24,
  })
  .map((steps) =>
    steps.map(({ node, from }, i): Event => {
      const senders = [...steps.keys()].filter((j) => j < i && steps[j]?.node !== node);
      const sender = from === undefined ? undefined : senders[from % Math.max(1, senders.length)];
      return sender === undefined ? { node } : { node, from: sender };
    }),
  );

/** For each event the positions of those that happened before it: along nodes and messages (Lamport 1978). */
export function happenedBefore(events: readonly Event[]): ReadonlySet<number>[] {
  const before: Set<number>[] = [];
  for (const [i, { node, from }] of events.entries()) {
    const previous = events.slice(0, i).findLastIndex((event) => event.node === node);
    const causes = [...(previous < 0 ? [] : [previous]), ...(from === undefined ? [] : [from])];
    before.push(new Set(causes.flatMap((cause) => [cause, ...(before[cause] as Set<number>)])));
  }
  return before;
}

/** What each event's node knows at it, given how a node goes on from what it knew, and from what it receives. */
export function follow<T>(events: readonly Event[], initial: T, next: (known: T, event: Event, sent?: T) => T): T[] {
  const now = new Map<NodeId, T>();
  const at: T[] = [];
  for (const event of events) {
    const sent = event.from === undefined ? undefined : (at[event.from] as T);
    const known = next(now.get(event.node) ?? initial, event, sent);
    now.set(event.node, known);
    at.push(known);
  }
  return at;
}
