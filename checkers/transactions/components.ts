import type { Graph } from "./graph.ts";
import { HUB, isAnti, WR } from "./graph.ts";
import { bytes, ints, lending } from "./memory.ts";

/**
 * Which ways through a graph count.
 * - `any`: all along allowed edges.
 * - `apart`: no two anti-dependencies after one another.
 * - `read-then-anti`: an anti-dependency only right after a read dependency.
 */
export type Ways = "any" | "apart" | "read-then-anti";

/** A part of a graph: only edges whose code is in the mask, and only nodes that are in (`undefined`: all). */
export interface Part {
  readonly graph: Graph;
  readonly mask: number;
  readonly ways: Ways;
  readonly nodes?: Uint8Array | undefined;
}

/**
 * Ways are walks over places: a node together with whether an anti-dependency may come next. Place 2n + 1 is node n where
 * it may, 2n where it may not.
 */
export const placeOf = (node: number, mayAnti: 0 | 1): number => 2 * node + mayAnti;
export const nodeOf = (place: number): number => place >> 1;

/** The place to which an edge leads from a place; -1 if that way does not count. */
export function step(ways: Ways, place: number, to: number, code: number): number {
  if (ways === "any") return placeOf(to, 1);
  if (code === HUB) return placeOf(to, (place & 1) as 0 | 1);
  if (isAnti(code)) return (place & 1) === 1 ? placeOf(to, 0) : -1;
  return placeOf(to, ways === "apart" || code === WR ? 1 : 0);
}

/**
 * The strongly connected components of places that hold a cycle, each as a list of places. Tarjan, "Depth-First Search and
 * Linear Graph Algorithms" (1972), with a stack of its own; time and memory linear.
 */
export const cyclicComponents = (part: Part): Int32Array[] => lending(() => cyclicComponentsOf(part));

function cyclicComponentsOf({ graph, mask, ways, nodes }: Part): Int32Array[] {
  const { offsets, to, code } = graph;
  const places = 2 * graph.nodes;
  const order = ints(places);
  const low = ints(places);
  const next = ints(places);
  const isOpen = bytes(places);
  const open = ints(places);
  const path = ints(places);
  const components: Int32Array[] = [];
  let [opened, depth, visited] = [0, 0, 0];

  const enter = (place: number): void => {
    order[place] = low[place] = ++visited;
    next[place] = offsets[nodeOf(place)] as number;
    isOpen[place] = 1;
    open[opened++] = place;
    path[depth++] = place;
  };

  for (let root = 0; root < places; root++) {
    const node = nodeOf(root);
    if (order[root] !== 0 || (nodes !== undefined && nodes[node] === 0) || offsets[node] === offsets[node + 1])
      continue;
    // Without ways to tell apart every node has one place only.
    if (ways === "any" && (root & 1) === 0) continue;
    enter(root);
    while (depth > 0) {
      const place = path[depth - 1] as number;
      const e = next[place] as number;
      if (e < (offsets[nodeOf(place) + 1] as number)) {
        next[place] = e + 1;
        const target = to[e] as number;
        if ((mask & (1 << (code[e] as number))) === 0 || (nodes !== undefined && nodes[target] === 0)) continue;
        const reached = step(ways, place, target, code[e] as number);
        if (reached < 0) continue;
        if (order[reached] === 0) enter(reached);
        else if (isOpen[reached] === 1) low[place] = Math.min(low[place] as number, order[reached] as number);
        continue;
      }
      depth--;
      if (depth > 0) {
        const parent = path[depth - 1] as number;
        low[parent] = Math.min(low[parent] as number, low[place] as number);
      }
      if (low[place] !== order[place]) continue;
      let start = opened;
      do isOpen[open[--start] as number] = 0;
      while (open[start] !== place);
      // No edge leads from a node to itself, so a component of one place holds no cycle.
      if (opened - start > 1) components.push(new Int32Array(open.subarray(start, opened)));
      opened = start;
    }
  }
  return components;
}
