import type { CycleEdge } from "../../../checkers/transactions/cycles.ts";
import {
  type Code,
  type Graph,
  GraphBuilder,
  HUB,
  RT,
  RW,
  RW_RT,
  RW_SO,
  SO,
  WR,
  WW,
  WW_OVER,
  WW_RT,
  WW_SO,
} from "../../../checkers/transactions/graph.ts";
import { Random } from "../../../src/core/random.ts";
import { closure, compose, has, none, put, type Relation } from "./oracle.ts";

/** A small graph of transactions, beside the plain list of its edges: those through hubs lead from each to each. */
export interface PlainGraph {
  readonly graph: Graph;
  readonly edges: readonly CycleEdge[];
  readonly committed: Uint8Array;
  readonly writes: Uint8Array;
}

const CODES = [WW, WR, RW, WW, WR, RW, SO, RT, WW_SO, RW_SO, WW_RT, RW_RT];

/** Of anti-dependencies. */
const ANTIS: readonly Code[] = [RW, RW_SO, RW_RT];
export const isAnti = (code: Code): boolean => ANTIS.includes(code);

/** A random graph of the dependencies that there may be: who has written nothing is not overwritten, and so on. */
export function plainGraph(seed: number): PlainGraph {
  const random = new Random(seed, "graph of transactions");
  return random.chance(0.5) ? planted(random) : scattered(random);
}

/** Edges between any two. */
function scattered(random: Random): PlainGraph {
  const size = 2 + random.below(8);
  const all = Array.from({ length: size }, (_, t) => t);
  const hasReaders = random.chance(0.7);
  const hasUnknown = random.chance(0.4);
  const committed = Uint8Array.from(all, () => (hasUnknown && random.chance(0.3) ? 0 : 1));
  const writes = Uint8Array.from(all, (t) => (committed[t] === 1 && hasReaders && random.chance(0.5) ? 0 : 1));
  const may = (from: number, to: number, code: Code): boolean => {
    if (from === to) return false;
    if (code === SO || code === RT) return from < to && committed[from] === 1;
    if (isAnti(code)) return committed[from] === 1 && writes[to] === 1;
    return writes[from] === 1 && (code === WR ? committed[to] === 1 : writes[to] === 1);
  };
  const edges: CycleEdge[] = [];
  const builder = new GraphBuilder(size, random.below(20));
  const palette = CODES.filter(() => random.chance(0.6));
  if (palette.length > 0 && random.chance(0.4)) addHubs(random, random.pick(palette), all, may, builder, edges);
  const direct: CycleEdge[] = [];
  for (let left = palette.length > 0 ? random.below(3 * size) : 0; left > 0; left--) {
    const edge = { from: random.pick(all), to: random.pick(all), code: random.pick(palette) };
    if (may(edge.from, edge.to, edge.code)) direct.push(edge);
  }
  return finished(builder, edges, direct, committed, writes);
}

/** A few circles that meet, so that a short one may hide a longer one of another kind. */
function planted(random: Random): PlainGraph {
  const size = 6 + random.below(9);
  const all = Array.from({ length: size }, (_, t) => t);
  const palette = random.pick([[WR, RW], [WW, WR, RW], [WR, RW, SO], [WW, WR, RW, SO, RT], CODES]);
  const direct: CycleEdge[] = [];
  for (let circles = 1 + random.below(3); circles > 0; circles--) {
    const circle = random.shuffle(all).slice(0, 2 + random.below(6));
    for (const [i, from] of circle.entries()) {
      const to = circle[(i + 1) % circle.length] as number;
      const code = random.pick(palette);
      direct.push({ from, to, code: (code === SO || code === RT) && from > to ? WR : code });
    }
  }
  const reads = (t: number): boolean =>
    direct.some(({ from, to, code }) => (code === WR ? to === t : from === t && code !== WW));
  const wrote = (t: number): boolean =>
    direct.some(
      ({ from, to, code }) =>
        code !== SO && code !== RT && (isAnti(code) ? to === t : from === t || (code !== WR && to === t)),
    );
  const committed = Uint8Array.from(all, (t) => (reads(t) || random.chance(0.7) ? 1 : 0));
  const writes = Uint8Array.from(all, (t) => (wrote(t) || committed[t] === 0 || random.chance(0.2) ? 1 : 0));
  return finished(new GraphBuilder(size, 0), [], direct, committed, writes);
}

function finished(
  builder: GraphBuilder,
  throughHubs: readonly CycleEdge[],
  direct: readonly CycleEdge[],
  committed: Uint8Array,
  writes: Uint8Array,
): PlainGraph {
  const edges = [...throughHubs, ...direct];
  for (const { from, to, code } of direct) builder.add(from, to, code);
  for (const [from, to] of over(edges, committed)) {
    builder.add(from, to, WW_OVER);
    edges.push({ from, to, code: WW_OVER });
  }
  return { graph: builder.build(), edges, committed, writes };
}

/** Some to some others through a hub; in real time perhaps on through a second one, to which others lead as well. */
function addHubs(
  random: Random,
  code: Code,
  all: readonly number[],
  may: (from: number, to: number, code: Code) => boolean,
  builder: GraphBuilder,
  edges: CycleEdge[],
): void {
  let sources: number[] = [];
  for (let hubs = code === RT ? 1 + random.below(3) : 1, last = -1; hubs > 0; hubs--) {
    const hub = builder.hub();
    if (last !== -1) builder.add(last, hub, HUB);
    const more = all.filter((t) => !sources.includes(t) && random.chance(0.3));
    for (const from of more) builder.add(from, hub, code);
    sources = [...sources, ...more];
    const targets = all.filter((to) => random.chance(0.5) && sources.every((from) => may(from, to, code)));
    for (const to of targets) {
      builder.add(hub, to, HUB);
      for (const from of sources) edges.push({ from, to, code });
    }
    last = hub;
  }
}

/** Committed writers with only such of unknown outcome between. */
function over(edges: readonly CycleEdge[], committed: Uint8Array): [number, number][] {
  const ww = relation(edges, committed.length, ({ code }) => code === WW);
  const unknown = ww.map((to, t) => (committed[t] === 1 ? 0 : to));
  const along = compose(ww, closure(unknown));
  const pairs: [number, number][] = [];
  for (const [a, isIn] of committed.entries())
    for (const [b, isInToo] of committed.entries())
      if (a !== b && isIn === 1 && isInToo === 1 && has(along, a, b)) pairs.push([a, b]);
  return pairs;
}

/** Who an edge that is wanted leads to. */
export function relation(edges: readonly CycleEdge[], size: number, isWanted: (edge: CycleEdge) => boolean): Relation {
  const result = none(size);
  for (const edge of edges) if (isWanted(edge)) put(result, edge.from, edge.to);
  return result;
}

/** How many edges the shortest way from one to another has; `Infinity` if there is none. */
export function distance(direct: Relation, from: number, to: number): number {
  let reached = 1 << from;
  for (let length = 0; length < direct.length; length++) {
    if (((reached >> to) & 1) === 1) return length;
    reached = direct.reduce((bits, next, t) => ((reached >> t) & 1 ? bits | next : bits), reached);
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * How many edges the shortest cycle has in which each edge may follow the one before it; `Infinity` if there is none.
 * Breadth-first search over edges.
 */
export function shortestOf(
  edges: readonly CycleEdge[],
  mayFollow: (edge: CycleEdge, before: CycleEdge) => boolean,
): number {
  const next = edges.map((edge) => edges.filter((other) => other.from === edge.to && mayFollow(other, edge)));
  const numberOf = new Map(edges.map((edge, i) => [edge, i]));
  let best = Number.POSITIVE_INFINITY;
  for (const start of edges) {
    const far = new Map<CycleEdge, number>();
    let level = [start];
    for (let length = 1; level.length > 0 && length < best; length++) {
      const reached = level.flatMap((edge) => next[numberOf.get(edge) ?? -1] ?? []).filter((edge) => !far.has(edge));
      for (const edge of reached) far.set(edge, length);
      if (far.has(start)) best = length;
      level = [...new Set(reached)];
    }
  }
  return best;
}
