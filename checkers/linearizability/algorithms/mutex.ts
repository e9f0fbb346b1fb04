import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { increment, startsOf } from "../../shared/counts.ts";
import { holderOf } from "../../specs/locks.ts";
import type { Algorithm, Decision } from "../algorithm.ts";
import { inversion } from "./shared/ranks.ts";
import { decideInTime, refuted, type Until } from "./shared/timeline.ts";

/**
 * Locks that belong to who acquired them. From the first acquire of a holder until its last release nobody else gets in
 * between, so that all of it is one block, and blocks take effect one after the other. A block certainly lasts from the
 * return of its acquire to the call of its release, and this fixes the order of blocks: two that certainly overlap refute
 * the lock, and so does a fencing token that does not grow along the order.
 */
export const lockAlgorithm: Algorithm = {
  name: "mutex",
  specs: ["mutex", "reentrant-mutex", "fenced-lock"],
  source:
    "Herlihy & Wing, Linearizability, TOPLAS 1990, §2; Gibbons & Korach, Testing shared memories, SIAM 1997 (zones)",
  decide({ name }, ops) {
    const blocks = read(ops, name === "reentrant-mutex");
    if ("type" in blocks) return blocks;
    const decision = decideInTime(
      ops,
      (until, completed) =>
        decideBlocks(ops, blocks, until, name === "fenced-lock") ?? { type: "linearizable", placed: completed },
    );
    // Attempts that were refused change nothing, so what is wrong without them is wrong with them.
    if (decision.type !== "linearizable" || !blocks.hasRefused) return decision;
    return { type: "declined", why: "attempts that were refused show that the lock was held" };
  },
};

/** In columns. A block goes from an acquire of a free lock to the release that frees it, or to the end. */
interface Blocks {
  readonly count: number;
  /** By position of an operation: its block; -1 if it belongs to none. */
  readonly blockOf: Int32Array;
  /** By block: the positions of its first and its last operation, and whether the lock was never released. */
  readonly firsts: Int32Array;
  readonly lasts: Int32Array;
  readonly isOpen: Uint8Array;
  /** True if there are attempts that failed. */
  readonly hasRefused: boolean;
}

/** What a holder is doing. */
interface Holder {
  /** The block that has not been ended; -1 if there is none. */
  open: number;
  depth: number;
  /** Of its last operation. After one of unknown outcome, which never returns, it may or may not hold the lock. */
  returnNs: number;
  process: number;
}

function read(ops: readonly Operation[], reentrant: boolean): Blocks | Decision {
  const holders = new Map<Json, Holder>();
  const blockOf = new Int32Array(ops.length).fill(-1);
  const firsts = new Int32Array(ops.length);
  const lasts = new Int32Array(ops.length);
  const isOpen = new Uint8Array(ops.length);
  let count = 0;
  let hasRefused = false;
  let wrong: readonly number[] | undefined;
  const extend = (block: number, position: number): void => {
    blockOf[position] = block;
    lasts[block] = position;
  };
  for (let position = 0; position < ops.length; position++) {
    const op = ops[position] as Operation;
    const { type } = op.outcome;
    if (type === "fail") {
      hasRefused = true;
      continue;
    }
    // A holder named by its process needs no text.
    const name = (op.input ?? null) === null ? op.process : holderOf(op);
    let holder = holders.get(name);
    if (holder === undefined) {
      holder = { open: -1, depth: 0, returnNs: Number.NEGATIVE_INFINITY, process: op.process };
      holders.set(name, holder);
    } else if (!isAfter(holder, op))
      return { type: "declined", why: "it is not known in which order a holder acquired and released the lock" };
    holder.returnNs = op.returnNs;
    holder.process = op.process;
    if (op.f === "acquire") {
      // Nobody can tell that it never happened: it would only keep others out.
      if (type === "info") continue;
      if (holder.open < 0) {
        holder.open = count++;
        firsts[holder.open] = position;
        isOpen[holder.open] = 1;
        extend(holder.open, position);
      } else {
        extend(holder.open, position);
        if (!reentrant) wrong ??= positionsOf(blockOf, holder.open, position);
      }
      holder.depth++;
    } else {
      if (holder.open < 0) {
        if (type === "info") continue;
        wrong ??= [position];
        continue;
      }
      extend(holder.open, position);
      if (--holder.depth > 0) continue;
      isOpen[holder.open] = 0;
      holder.open = -1;
    }
  }
  return wrong === undefined ? { count, blockOf, firsts, lasts, isOpen, hasRefused } : refuted(ops, wrong);
}

/** A name can be used by several processes, whose operations are concurrent where they touch. */
const isAfter = (before: Holder, op: Operation): boolean =>
  before.returnNs < op.callNs || (before.returnNs === op.callNs && before.process === op.process);

/** The operations of a block up to a position. */
function positionsOf(blockOf: Int32Array, block: number, last: number): number[] {
  const positions: number[] = [];
  for (let position = 0; position <= last; position++) if (blockOf[position] === block) positions.push(position);
  return positions;
}

const operationsOf = ({ blockOf, lasts }: Blocks, blocks: readonly number[]): number[] =>
  blocks.flatMap((block) => positionsOf(blockOf, block, lasts[block] as number));

function decideBlocks(
  ops: readonly Operation[],
  blocks: Blocks,
  until: Until,
  isFenced: boolean,
): Decision | undefined {
  const { count, blockOf, isOpen } = blocks;
  const open = isOpen.indexOf(1);
  const another = open < 0 ? -1 : isOpen.indexOf(1, open + 1);
  if (another >= 0) return refuted(ops, operationsOf(blocks, [open, another]));
  const order = inOrder(blocks, until, open);

  const rankOf = new Int32Array(count);
  for (let rank = 0; rank < count; rank++) rankOf[order[rank] as number] = rank;
  const ranks = blockOf.map((block) => (block < 0 ? -1 : (rankOf[block] as number)));
  const wrong = inversion(ranks, until, count - 1);
  if (wrong !== undefined) {
    const both = [wrong.first, wrong.second].map((position) => blockOf[position] as number);
    return refuted(ops, operationsOf(blocks, both));
  }
  return isFenced ? stuckToken(ops, blocks, order, until) : undefined;
}

/**
 * Blocks that do not certainly overlap, in order; the open one last. A block may end before it certainly begins, where its
 * operations touch: then it stands behind all that have begun by its end.
 */
function inOrder({ count, firsts, lasts }: Blocks, until: Until, open: number): Int32Array {
  // By place, counted in halves of positions: how many blocks stand before it. (Sorting by counting.)
  const before = new Int32Array(2 * until.length + 3);
  const place = (block: number): number =>
    Math.min(2 * (until[firsts[block] as number] as number), 2 * (lasts[block] as number) + 1);
  for (let block = 0; block < count; block++) if (block !== open) increment(before, place(block) + 1);
  startsOf(before);
  const order = new Int32Array(count).fill(open);
  for (let block = 0; block < count; block++) if (block !== open) order[increment(before, place(block)) - 1] = block;
  return order;
}

/** A token that is not larger than the one before it, if there is one. */
function stuckToken(ops: readonly Operation[], blocks: Blocks, order: Int32Array, until: Until): Decision | undefined {
  const { firsts, lasts, isOpen } = blocks;
  let before = -1;
  let last = Number.NEGATIVE_INFINITY;
  for (const block of order) {
    const token = tokenOf(ops[firsts[block] as number] as Operation);
    if (token === undefined) continue;
    if (before >= 0 && last >= token) {
      if ((until[firsts[before] as number] as number) <= (lasts[block] as number) || isOpen[block] === 1)
        return refuted(ops, operationsOf(blocks, [before, block]));
      return { type: "declined", why: "tokens do not grow along one of several possible orders" };
    }
    before = block;
    last = token;
  }
  return undefined;
}

/** The fencing token that an acquire was given. */
const tokenOf = ({ outcome }: Operation): number | undefined =>
  outcome.type === "ok" && typeof outcome.value === "number" ? outcome.value : undefined;
