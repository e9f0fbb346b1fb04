import type { NodeState } from "./state.ts";

/** Shortest and longest time between two acts of an operator, milliseconds. */
const MIN_REST_MS = 300;
const MAX_REST_MS = 1000;

/** What an operator does to a running cluster: here a bot that lives at the leader, and acts on a timer of that name. */
export type Act = "replace-voters" | "transfer";

/** Lets the operator act again, after a rest. */
export function armOperator({ env }: NodeState, act: Act): void {
  env.setTimer(act, MIN_REST_MS + env.random() * (MAX_REST_MS - MIN_REST_MS));
}

/** One of the items. */
export const pick = <T>({ env }: NodeState, items: readonly T[]): T | undefined =>
  items[Math.floor(env.random() * items.length)];
