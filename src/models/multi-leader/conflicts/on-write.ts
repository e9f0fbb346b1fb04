import { compareLamport, type LamportStamp } from "../../shared/clocks/lamport.ts";
import { type Dot, knows, type VersionVector } from "../../shared/clocks/siblings.ts";
import { changed, compareTexts, type Data, NOTHING, shownData } from "./data.ts";
import type { Fate, Resolution } from "./resolution.ts";

/** A write of an object and what became of it. */
export type Proposal = {
  readonly dot: Dot;
  /** All writes that its node had. */
  readonly context: VersionVector;
  readonly stamp: LamportStamp;
  readonly data: Data;
  readonly fate?: Fate;
};

/** All writes of an object, oldest stamp first. */
export type Proposals = readonly Proposal[];

const nameOf = ({ dot: [node, number] }: Proposal): string => `${node} ${number}`;

const areConcurrent = (a: Proposal, b: Proposal): boolean => !knows(a.context, b.dot) && !knows(b.context, a.dot);

const inOrder = (a: Proposal, b: Proposal): number =>
  compareLamport(a.stamp, b.stamp) || compareTexts(nameOf(a), nameOf(b));

/** The last write that was agreed on. Such writes were all made one after the other. */
const latestCommitted = (copy: Proposals): Data => copy.findLast(({ fate }) => fate === "committed")?.data ?? NOTHING;

/**
 * Conflicts are found while a write is made, and one side aborts (the optimistic certification of Kemme & Alonso, "A New
 * Approach to Developing and Implementing Eager Database Replication Protocols", TODS 2000, §4, with each node for itself
 * in place of a total order). A write is no more than proposed until all nodes have it. By then all writes that were made
 * without it are known as well: it is aborted if one of these has an earlier stamp, else committed. That is the same
 * everywhere. A node that has a proposal about an object refuses any other change of it.
 *
 * So of two concurrent writes at most one is ever committed, and what was committed is never lost; but a single node that
 * does not answer keeps all writes waiting, and each keeps its object locked.
 */
export const onWrite: Resolution<Proposals> = {
  update: (copy = [], change, { dot, time, has }) => {
    if (copy.some(({ fate }) => fate === undefined)) return undefined;
    return [{ dot, context: has, stamp: [time, dot[0]], data: changed(latestCommitted(copy), change) }];
  },
  merge: (a, b) => {
    const all = new Map(a.map((proposal) => [nameOf(proposal), proposal]));
    for (const proposal of b) if (all.get(nameOf(proposal))?.fate === undefined) all.set(nameOf(proposal), proposal);
    return [...all.values()].sort(inOrder);
  },
  show: (copy) => shownData(latestCommitted(copy)),
  agreement: {
    settle: (copy, isStable) => {
      const ripe = copy.filter(({ fate, dot }) => fate === undefined && isStable(dot));
      const decided = ripe.map((proposal): Proposal => {
        const wins = copy.every((other) => !areConcurrent(proposal, other) || inOrder(proposal, other) <= 0);
        return { ...proposal, fate: wins ? "committed" : "aborted" };
      });
      return decided.length > 0 ? decided : undefined;
    },
    fateOf: (copy, [node, number]) => copy.find(({ dot: [at, n] }) => at === node && n === number)?.fate,
    isSettled: (copy) => copy.every(({ fate }) => fate !== undefined),
  },
};
