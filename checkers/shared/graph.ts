/** A directed edge with the reason for it. */
export interface Edge<Label> {
  readonly from: number;
  readonly to: number;
  readonly label: Label;
}

/** A directed multigraph over the nodes 0 … size - 1. */
export class Digraph<Label> {
  readonly out: Edge<Label>[][];

  constructor(size: number) {
    this.out = Array.from({ length: size }, () => []);
  }

  add(from: number, to: number, label: Label): void {
    this.out[from]?.push({ from, to, label });
  }

  get size(): number {
    return this.out.length;
  }
}

/**
 * The strongly connected components that hold a cycle: those of at least two nodes, and nodes with an edge to themselves.
 * Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972), with a stack of its own, since histories are deeper
 * than the engine's.
 */
export function cyclicComponents(graph: Digraph<unknown>): number[][] {
  const order = new Int32Array(graph.size).fill(-1);
  const low = new Int32Array(graph.size);
  const onStack = new Uint8Array(graph.size);
  const nextEdge = new Int32Array(graph.size);
  const stack: number[] = [];
  const components: number[][] = [];
  let visited = 0;

  const enter = (node: number, path: number[]): void => {
    order[node] = low[node] = visited++;
    onStack[node] = 1;
    stack.push(node);
    path.push(node);
  };
  const leave = (node: number): void => {
    if (low[node] !== order[node]) return;
    const component = stack.splice(stack.lastIndexOf(node));
    for (const member of component) onStack[member] = 0;
    if (component.length > 1 || graph.out[node]?.some(({ to }) => to === node)) components.push(component);
  };
  const lower = (node: number, bound: number): void => {
    low[node] = Math.min(low[node] ?? 0, bound);
  };

  for (let root = 0; root < graph.size; root++) {
    if (order[root] !== -1) continue;
    const path: number[] = [];
    enter(root, path);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const edge = graph.out[node]?.[nextEdge[node] ?? 0];
      nextEdge[node] = (nextEdge[node] ?? 0) + 1;
      if (edge === undefined) {
        path.pop();
        leave(node);
        const parent = path.at(-1);
        if (parent !== undefined) lower(parent, low[node] ?? 0);
      } else if (order[edge.to] === -1) {
        enter(edge.to, path);
      } else if (onStack[edge.to]) {
        lower(node, order[edge.to] ?? 0);
      }
    }
  }
  return components;
}

/** From how many backward edges `shortestCycle` tries to get back; more would only rarely find a shorter cycle. */
const MAX_STARTS = 64;

/**
 * A cycle inside a component of `cyclicComponents`, of least cost among those tried: the shortest way back for each edge
 * that leads to a node of no greater number (every cycle has one), up to a limit. Costs are 0 or 1 an edge; edges of cost 0
 * must not form a cycle.
 */
export function shortestCycle<Label>(
  graph: Digraph<Label>,
  component: readonly number[],
  cost: (label: Label) => 0 | 1,
): Edge<Label>[] {
  const members = new Set(component);
  const backward: Edge<Label>[] = [];
  for (const node of component)
    for (const edge of graph.out[node] ?? []) if (edge.to <= node && members.has(edge.to)) backward.push(edge);
  let best: Edge<Label>[] = [];
  let bestCost = Number.POSITIVE_INFINITY;
  for (const edge of backward.slice(0, MAX_STARTS)) {
    const back = cheapestPath(graph, edge.to, edge.from, members, cost, bestCost);
    if (back === undefined) continue;
    const total = back.cost + cost(edge.label);
    if (total > bestCost || (total === bestCost && back.edges.length + 1 >= best.length)) continue;
    best = [edge, ...back.edges];
    bestCost = total;
  }
  return best;
}

/** A path of least cost, at most `limit`, that stays among `members`; breadth first, level by level of cost. */
export function cheapestPath<Label>(
  graph: Digraph<Label>,
  from: number,
  to: number,
  members: ReadonlySet<number>,
  cost: (label: Label) => 0 | 1,
  limit: number,
): { edges: Edge<Label>[]; cost: number } | undefined {
  const reached = new Map<number, { cost: number; by: Edge<Label> | undefined }>([[from, { cost: 0, by: undefined }]]);
  let level = [from];
  for (let spent = 0; level.length > 0 && spent <= limit; spent++) {
    const next: number[] = [];
    // The level grows while it is walked: edges of cost 0 lead to nodes of the same level.
    for (let i = 0; i < level.length; i++) {
      const node = level[i] as number;
      if (reached.get(node)?.cost !== spent) continue;
      for (const edge of graph.out[node] ?? []) {
        if (!members.has(edge.to)) continue;
        const total = spent + cost(edge.label);
        const known = reached.get(edge.to);
        if (known !== undefined && known.cost <= total) continue;
        reached.set(edge.to, { cost: total, by: edge });
        (total === spent ? level : next).push(edge.to);
      }
    }
    if (reached.get(to)?.cost === spent) break;
    level = next;
  }
  const end = reached.get(to);
  if (end === undefined || end.cost > limit) return undefined;
  const edges: Edge<Label>[] = [];
  for (let by = end.by; by !== undefined; by = reached.get(by.from)?.by) edges.push(by);
  return { edges: edges.reverse(), cost: end.cost };
}
