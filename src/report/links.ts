import type { DirectedLinks } from "../core/fault.ts";
import type { NodeId } from "../core/operation.ts";

/** Names in the order in which people count: n2 before n10. */
export const byName = (a: NodeId, b: NodeId): number => a.localeCompare(b, "en", { numeric: true });

/**
 * Cut links in words. A clean split reads `n1 n2 | n3 n4 n5`; other two-way cuts name each pair once; one-way cuts say
 * who does not hear whom.
 *
 * @param nodes all nodes of the cluster, where known: only then can it be said that a node hears nobody.
 */
export function describeCuts(drops: DirectedLinks, nodes?: readonly NodeId[]): string {
  const deafTo = new Map<NodeId, NodeId[]>();
  for (const to of Object.keys(drops).sort(byName)) {
    const lost = [...new Set(drops[to])].filter((from) => from !== to).sort(byName);
    if (lost.length > 0) deafTo.set(to, lost);
  }
  const affected = [...new Set([...deafTo].flatMap(([to, lost]) => [to, ...lost]))].sort(byName);
  if (affected.length === 0) return "no link cut";
  const cut = (to: NodeId, from: NodeId): boolean => deafTo.get(to)?.includes(from) ?? false;
  const twoWay = [...deafTo].every(([to, lost]) => lost.every((from) => cut(from, to)));
  if (!twoWay) return describeOneWay(deafTo, nodes);
  const groups = splitInto(affected, cut);
  if (groups === undefined) return describePairs(deafTo);
  const untouched = (nodes ?? []).filter((node) => !affected.includes(node));
  const bridge = untouched.length === 0 ? "" : `, ${untouched.join(" ")} ${plural(untouched, "hears", "hear")} all`;
  return groups.map((group) => group.join(" ")).join(" | ") + bridge;
}

const plural = (who: readonly NodeId[], one: string, many: string): string => (who.length === 1 ? one : many);

/** Groups that hear all of their own and nobody else; `undefined` if the cuts are no such split. */
function splitInto(
  nodes: readonly NodeId[],
  cut: (to: NodeId, from: NodeId) => boolean,
): readonly (readonly NodeId[])[] | undefined {
  const groups: NodeId[][] = [];
  for (const node of nodes) {
    const home = groups.find((group) => !cut(node, group[0] ?? node));
    if (home) home.push(node);
    else groups.push([node]);
  }
  const groupOf = new Map(groups.flatMap((group) => group.map((node) => [node, group])));
  const clean = nodes.every((to) => nodes.every((from) => cut(to, from) === (groupOf.get(to) !== groupOf.get(from))));
  return clean ? groups : undefined;
}

/** Each two-way cut once: `n1 cut from n3 n4, n2 cut from n4 n5`. */
function describePairs(deafTo: ReadonlyMap<NodeId, readonly NodeId[]>): string {
  const clauses: string[] = [];
  for (const [node, lost] of deafTo) {
    const later = lost.filter((peer) => byName(node, peer) < 0);
    if (later.length > 0) clauses.push(`${node} cut from ${later.join(" ")}`);
  }
  return clauses.join(", ");
}

function describeOneWay(deafTo: ReadonlyMap<NodeId, readonly NodeId[]>, nodes: readonly NodeId[] | undefined): string {
  const others = (nodes?.length ?? 0) - 1;
  const clauses: string[] = [];
  const receiversOf = new Map<string, { readonly lost: readonly NodeId[]; readonly receivers: NodeId[] }>();
  for (const [to, lost] of deafTo) {
    if (lost.length === others) {
      clauses.push(`${to} hears nobody`);
      continue;
    }
    const key = lost.join(" ");
    const same = receiversOf.get(key);
    if (same) same.receivers.push(to);
    else receiversOf.set(key, { lost, receivers: [to] });
  }
  for (const { lost, receivers } of receiversOf.values())
    clauses.push(
      lost.length === 1 && receivers.length === others
        ? `nobody hears ${lost[0]}`
        : `${receivers.join(" ")} ${plural(receivers, "does", "do")} not hear ${lost.join(" ")}`,
    );
  return clauses.join(", ");
}
