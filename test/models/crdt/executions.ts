import * as fc from "fast-check";
import type { Json } from "../../../src/core/json.ts";
import type { NodeId } from "../../../src/core/operation.ts";
import type { Change, DataType } from "../../../src/models/crdt/types/data-type.ts";
import { LamportClock } from "../../../src/models/shared/clocks/lamport.ts";

export const NODES: readonly NodeId[] = ["n1", "n2", "n3"];

/** A node makes a change, or gets what another one had some time ago. */
type Step =
  | { readonly what: "change"; readonly node: number; readonly change: Change }
  | { readonly what: "merge"; readonly node: number; readonly from: number; readonly back: number };

export const stepsOf = (changes: fc.Arbitrary<Change>): fc.Arbitrary<readonly Step[]> => {
  const node = fc.nat({ max: NODES.length - 1 });
  return fc.array(
    fc.oneof(
      fc.record({ what: fc.constant("change" as const), node, change: changes }),
      fc.record({ what: fc.constant("merge" as const), node, from: node, back: fc.nat({ max: 3 }) }),
    ),
    { maxLength: 24 },
  );
};

/** A change that was made, and those that its node knew of then. */
export interface Made {
  readonly change: Change;
  readonly known: ReadonlySet<Made>;
}

/** A node at some time: its state, and the changes that got there. */
export interface Copy<State extends Json> {
  readonly state: State;
  readonly known: ReadonlySet<Made>;
}

export interface Execution<State extends Json> {
  /** All copies that there ever were. */
  readonly copies: readonly Copy<State>[];
  /** What the nodes have at the end. */
  readonly last: readonly Copy<State>[];
  readonly deltas: ReadonlyMap<Made, State>;
}

/** Runs the steps on copies of one object. Old states are merged as well, and again: messages overtake each other. */
export function execute<State extends Json>(type: DataType<State>, steps: readonly Step[]): Execution<State> {
  const histories = NODES.map((): [Copy<State>, ...Copy<State>[]] => [{ state: type.bottom, known: new Set() }]);
  const clocks = NODES.map((node) => new LamportClock(node));
  const deltas = new Map<Made, State>();
  const latest = (node: number): Copy<State> => histories[node]?.at(-1) as Copy<State>;
  for (const step of steps) {
    const here = latest(step.node);
    const clock = clocks[step.node] as LamportClock;
    if (step.what === "change") {
      const site = { node: NODES[step.node] as NodeId, stamp: () => clock.tick() };
      const delta = type.update(here.state, step.change, site);
      if (delta === undefined) continue;
      const made: Made = { change: step.change, known: here.known };
      deltas.set(made, delta);
      histories[step.node]?.push({ state: type.join(here.state, delta), known: new Set([...here.known, made]) });
      continue;
    }
    const sent = histories[step.from]?.at(-1 - step.back) ?? latest(step.from);
    const stamp = type.stamp?.(sent.state);
    if (stamp !== undefined) clock.receive(stamp);
    histories[step.node]?.push({
      state: type.join(here.state, sent.state),
      known: new Set([...here.known, ...sent.known]),
    });
  }
  return { copies: histories.flat(), last: NODES.map((_, node) => latest(node)), deltas };
}
