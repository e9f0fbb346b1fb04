import * as fc from "fast-check";
import type { NodeId } from "../../../src/core/operation.ts";
import type { Change, Resolution } from "../../../src/models/multi-leader/conflicts/resolution.ts";
import type { Dot, VersionVector } from "../../../src/models/shared/clocks/siblings.ts";
import { eventsOf, increment, merge, NO_EVENTS } from "../../../src/models/shared/clocks/vector-clock.ts";

export const NODES: readonly NodeId[] = ["n1", "n2", "n3"];

/** A client of a node reads, or changes an object; or a node gets the next write of another one. */
export interface Step {
  readonly what: "read" | "change" | "get";
  readonly node: NodeId;
  readonly from: NodeId;
  readonly client: number;
  readonly wallMs: number;
}

/** Wall clocks go as they like, and are often equal. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom("read", "change", "change", "get", "get"),
    node: fc.constantFrom(...NODES),
    from: fc.constantFrom(...NODES),
    client: fc.nat({ max: 1 }),
    wallMs: fc.nat({ max: 4 }),
  }),
  { maxLength: 24 },
);

/** A write that was made, with all that its node had then. */
export interface Made<Copy> {
  readonly dot: Dot;
  readonly change: Change;
  readonly delta: Copy;
  readonly has: VersionVector;
  readonly wallMs: number;
}

export interface Executed<Copy> {
  readonly made: readonly Made<Copy>[];
  /** The writes that each node has in the end, in the order in which it got them, and the copy that it made of them. */
  readonly nodes: ReadonlyMap<NodeId, { readonly got: readonly Made<Copy>[]; readonly copy: Copy | undefined }>;
}

/** One object on nodes that get each other's writes in order, all-to-all. Every change writes, or adds, a value of its own. */
export function execute<Copy>(
  resolution: Resolution<Copy>,
  f: "write" | "add",
  taken: readonly Step[],
): Executed<Copy> {
  const made: Made<Copy>[] = [];
  const got = new Map<NodeId, Made<Copy>[]>(NODES.map((node) => [node, []]));
  const copies = new Map<NodeId, Copy>();
  const times = new Map<NodeId, number>();
  const sessions = new Map<string, VersionVector>();
  const hasOf = (node: NodeId): VersionVector =>
    (got.get(node) ?? []).reduce<VersionVector>((has, { dot: [origin] }) => increment(has, origin), NO_EVENTS);
  const take = (node: NodeId, write: Made<Copy>, time: number): void => {
    got.get(node)?.push(write);
    copies.set(node, resolution.merge(copies.get(node) ?? write.delta, write.delta));
    times.set(node, Math.max(times.get(node) ?? 0, time));
  };
  const timeOf = new Map<Made<Copy>, number>();
  for (const { what, node, from, client, wallMs } of taken) {
    const session = `${node} ${client}`;
    const has = hasOf(node);
    if (what === "get") {
      const next = made.find(({ dot: [origin, number] }) => origin === from && number === eventsOf(has, from) + 1);
      if (next !== undefined && from !== node) take(node, next, timeOf.get(next) ?? 0);
      continue;
    }
    if (what === "change") {
      const dot: Dot = [node, eventsOf(has, node) + 1];
      const change: Change = { f, input: made.length + 1 };
      const time = (times.get(node) ?? 0) + 1;
      const writer = { dot, time, wallMs, has, session: sessions.get(session) ?? NO_EVENTS };
      const delta = resolution.update(copies.get(node), change, writer);
      if (delta === undefined) continue;
      const write = { dot, change, delta, has, wallMs };
      made.push(write);
      timeOf.set(write, time);
      take(node, write, time);
    }
    const copy = copies.get(node);
    if (copy !== undefined && resolution.contextOf)
      sessions.set(session, merge(sessions.get(session) ?? NO_EVENTS, resolution.contextOf(copy)));
  }
  const nodes = new Map(NODES.map((node) => [node, { got: got.get(node) ?? [], copy: copies.get(node) }]));
  return { made, nodes };
}

/** The copy that is made of these writes, in this order. */
export const mergeAll = <Copy>({ merge: join }: Resolution<Copy>, writes: readonly Made<Copy>[]): Copy | undefined =>
  writes.reduce<Copy | undefined>((copy, { delta }) => join(copy ?? delta, delta), undefined);
