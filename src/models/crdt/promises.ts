import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - What a node has, of all objects together, is the join of a set of changes that has with each change all that its node had
 *   when it was made. A whole state keeps that so; a delta-interval does, since its receiver has acknowledged all before
 *   (Almeida et al. 2018, Definition 6). It only grows, in crashes too, for it is on disk before anybody sees it. A
 *   session stays on its node. So each operation is explained by its causes, and conflicts are settled alike everywhere: adds
 *   and increments commute, and of writes the one with the later stamp wins, or each that no other has seen stays. A
 *   stamp is later than all that its node has of any object, so stamps agree with causes: `causal-ccv`.
 * - Each node tells all others again and again, in random order, and to join is commutative, associative and idempotent:
 *   `eventual`.
 * - A join loses no increment and no element that no remove has seen; an MV-Register loses no write that no other has
 *   seen: `durable`. Of concurrent writes an LWW-Register keeps one.
 */
export function holds({ config }: Conditions): ConsistencyModel[] {
  const { registers } = settingsOf(config);
  return registers === "mv-register" ? ["causal-ccv", "eventual", "durable"] : ["causal-ccv", "eventual"];
}

/**
 * The weakest models that are seen to break. Nodes that a partition keeps apart go on by themselves, so that no order of all
 * operations explains what they show; and of their writes the busier side's wins, also over a later one (`durable`).
 */
export function breaks({ config, faults }: Conditions): ConsistencyModel[] {
  if (!faults.has("partition")) return [];
  const { registers } = settingsOf(config);
  return registers === "mv-register" ? ["sequential"] : ["sequential", "durable"];
}
