import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { holderOf } from "../../specs/locks.ts";
import type { Algorithm, Decision } from "../algorithm.ts";
import { inversion } from "./shared/ranks.ts";
import { completed, decideInTime, refuted, type Until } from "./shared/timeline.ts";

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
    const decision = decideInTime(ops, (until) => decideBlocks(ops, blocks, until, name === "fenced-lock"));
    // Attempts that were refused change nothing, so what is wrong without them is wrong with them.
    if (decision.type !== "linearizable" || ops.every(({ outcome }) => outcome.type !== "fail")) return decision;
    return { type: "declined", why: "attempts that were refused show that the lock was held" };
  },
};

/** From an acquire of a free lock to the release that frees it: positions of its operations in order. */
type Block = number[];

/** What a holder is doing. */
interface Holder {
  /** The block that has not been ended. */
  open: Block | undefined;
  depth: number;
  /** Its last operation. After one of unknown outcome, which never returns, it may or may not hold the lock. */
  last: Operation | undefined;
}

function read(ops: readonly Operation[], reentrant: boolean): readonly Block[] | Decision {
  const holders = new Map<Json, Holder>();
  const blocks: Block[] = [];
  let wrong: Block | undefined;
  for (const [position, op] of ops.entries()) {
    const { type } = op.outcome;
    if (type === "fail") continue;
    // A holder named by its process needs no text.
    const name = (op.input ?? null) === null ? op.process : holderOf(op);
    let holder = holders.get(name);
    if (holder === undefined) {
      holder = { open: undefined, depth: 0, last: undefined };
      holders.set(name, holder);
    }
    if (holder.last !== undefined && !isAfter(holder.last, op))
      return { type: "declined", why: "it is not known in which order a holder acquired and released the lock" };
    holder.last = op;
    if (op.f === "acquire") {
      // Nobody can tell that it never happened: it would only keep others out.
      if (type === "info") continue;
      if (holder.open === undefined) {
        holder.open = [position];
        blocks.push(holder.open);
      } else {
        holder.open.push(position);
        if (!reentrant) wrong ??= [...holder.open];
      }
      holder.depth++;
    } else {
      if (holder.open === undefined) {
        if (type === "info") continue;
        wrong ??= [position];
        continue;
      }
      holder.open.push(position);
      if (--holder.depth === 0) holder.open = undefined;
    }
  }
  return wrong === undefined ? blocks : refuted(ops, wrong);
}

/** A name can be used by several processes, whose operations are concurrent where they touch. */
const isAfter = (before: Operation, op: Operation): boolean =>
  before.returnNs < op.callNs || (before.returnNs === op.callNs && before.process === op.process);

const isOpen = (ops: readonly Operation[], block: Block): boolean => {
  const depth = block.reduce((sum, position) => sum + ((ops[position] as Operation).f === "acquire" ? 1 : -1), 0);
  return depth > 0;
};

/** Where a block certainly begins, as `Until`, and the position at which it may end. */
const begin = (until: Until, block: Block): number => until[block[0] as number] as number;
const end = (block: Block): number => block.at(-1) as number;

function decideBlocks(ops: readonly Operation[], blocks: readonly Block[], until: Until, isFenced: boolean): Decision {
  const open = blocks.filter((block) => isOpen(ops, block));
  if (open.length > 1) return refuted(ops, open.slice(0, 2).flat());
  const ended = blocks.filter((block) => block !== open[0]).sort((a, b) => place(until, a) - place(until, b));
  const order = [...ended, ...open];

  const ranks = new Int32Array(ops.length).fill(-1);
  for (const [rank, block] of order.entries()) for (const position of block) ranks[position] = rank;
  const wrong = inversion(ranks, until, order.length - 1);
  if (wrong !== undefined) {
    const both = [wrong.first, wrong.second].map((position) => order[ranks[position] as number] as Block);
    return refuted(ops, both.flat());
  }
  return (isFenced && stuckToken(ops, order, until)) || { type: "linearizable", placed: completed(ops) };
}

/**
 * Orders blocks that do not certainly overlap. A block may end before it certainly begins, where its operations touch: then
 * it stands behind all that have begun by its end, hence the half.
 */
const place = (until: Until, block: Block): number => Math.min(begin(until, block), end(block) + 0.5);

/** A token that is not larger than the one before it, if there is one. */
function stuckToken(ops: readonly Operation[], order: readonly Block[], until: Until): Decision | undefined {
  let before: Block | undefined;
  for (const block of order) {
    if (tokenOf(ops, block) === undefined) continue;
    if (before !== undefined && (tokenOf(ops, before) as number) >= (tokenOf(ops, block) as number)) {
      if (begin(until, before) <= end(block) || isOpen(ops, block)) return refuted(ops, [...before, ...block]);
      return { type: "declined", why: "tokens do not grow along one of several possible orders" };
    }
    before = block;
  }
  return undefined;
}

/** The fencing token that an acquire was given. */
function tokenOf(ops: readonly Operation[], block: Block): number | undefined {
  const { outcome } = ops[block[0] as number] as Operation;
  return outcome.type === "ok" && typeof outcome.value === "number" ? outcome.value : undefined;
}
