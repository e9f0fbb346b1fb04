import { nodeNames } from "../core/cluster.ts";
import type { DirectedLinks, Fault, PlannedFault } from "../core/fault.ts";
import type { Json } from "../core/json.ts";
import type { Invocation, NodeId } from "../core/operation.ts";
import type { Cue } from "./scenario.ts";

/** Short words for what scripts are made of. */

export const read = (key: string): Invocation => ({ f: "read", key, input: null });
export const write = (key: string, value: Json): Invocation => ({ f: "write", key, input: value });
export const cas = (key: string, from: Json, to: Json): Invocation => ({ f: "cas", key, input: [from, to] });
export const add = (key: string, element: Json): Invocation => ({ f: "add", key, input: element });
export const remove = (key: string, element: Json): Invocation => ({ f: "remove", key, input: element });
export const append = (key: string, element: Json): Invocation => ({ f: "append", key, input: element });

export const acquire = (lock: string): Invocation => ({ f: "acquire", key: lock, input: null });
export const release = (lock: string): Invocation => ({ f: "release", key: lock, input: null });

/** Reads `["r", key]` and writes `["w", key, value]` that are done at once. */
export const txn = (
  ...micros: readonly (readonly [f: "r", key: string] | readonly [f: "w", key: string, value: Json])[]
): Invocation => ({
  f: "txn",
  input: micros.map(([f, key, value = null]) => [f, key, value]),
});

/** The same client again and again: `count` operations, the first at `fromMs`, then every `everyMs`; `op` gets 1, 2, … */
export const often = (
  { fromMs, everyMs, count }: { readonly fromMs: number; readonly everyMs: number; readonly count: number },
  client: string,
  op: (i: number) => Invocation,
): Cue[] => Array.from({ length: count }, (_, i) => [fromMs + i * everyMs, client, op(i + 1)]);

/** A fault is in force from `fromMs` until `toMs`. */
export const during = (fromMs: number, toMs: number, fault: Fault): PlannedFault => ({
  atMs: fromMs,
  forMs: toMs - fromMs,
  fault,
});

/** Nothing passes between nodes of different sides. */
export function split(...sides: readonly (readonly NodeId[])[]): Fault {
  const drops: Record<NodeId, readonly NodeId[]> = {};
  for (const side of sides) for (const node of side) drops[node] = sides.filter((other) => other !== side).flat();
  return { kind: "partition", shape: "split", drops };
}

/** What these nodes send to those is lost; the other direction works. */
export const mute = (from: readonly NodeId[], to: readonly NodeId[]): Fault => ({
  kind: "partition",
  shape: "one-way",
  drops: linksInto(to, from),
});

/** What these nodes send to those takes `ms`. */
export const slow = (from: readonly NodeId[], to: readonly NodeId[], ms: number): Fault => ({
  kind: "link",
  links: linksInto(to, from),
  quality: { delay: { kind: "constant", ms } },
});

export const kill = (...nodes: readonly NodeId[]): Fault => ({ kind: "kill", nodes });
export const pause = (...nodes: readonly NodeId[]): Fault => ({ kind: "pause", nodes });
/** Clients that sit there stand still. */
export const pauseClients = (...nodes: readonly NodeId[]): Fault => ({ kind: "client-pause", nodes });
export const clock = (node: NodeId, offsetMs: number): Fault => ({
  kind: "clock",
  nodes: [node],
  mode: "jump",
  offsetMs,
});

const linksInto = (to: readonly NodeId[], from: readonly NodeId[]): DirectedLinks =>
  Object.fromEntries(to.map((node) => [node, from]));

/** A client on each of the first `count` nodes, called like it but with a `c` in front: `cn1`. */
export const oneEach = (count: number): Record<string, { node: NodeId }> =>
  Object.fromEntries(nodeNames(count).map((node) => [`c${node}`, { node }]));
