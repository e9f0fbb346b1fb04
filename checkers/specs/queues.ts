import { numberIn } from "./shared.ts";
import { takers } from "./takers.ts";

/** A queue per key, first in, first out (Herlihy & Wing, "Linearizability", TOPLAS 1990, §2.1): `enqueue`, `dequeue`. */
export const fifoQueue = takers({
  name: "fifo-queue",
  add: ["enqueue"],
  take: ["dequeue"],
  adds: "input the value, which is not null",
  takes: "input null, output the oldest value, or null if there is none",
  insert: (items, item) => [...items, item],
});

/** A stack per key, last in, first out: `push`, `pop`. */
export const stack = takers({
  name: "stack",
  add: ["push"],
  take: ["pop"],
  adds: "input the value, which is not null",
  takes: "input null, output the youngest value, or null if there is none",
  insert: (items, item) => [item, ...items],
});

/**
 * A priority queue of numbers per key, the smallest first: `insert` (also called `add`), `delete-min` (also called
 * `poll`). The same number may be in it more than once.
 */
export const priorityQueue = takers({
  name: "priority-queue",
  add: ["insert", "add"],
  take: ["delete-min", "poll"],
  adds: "input the number",
  takes: "input null, output the smallest number, or null if there is none",
  check: (value) => numberIn(value, "the input of an insert"),
  insert(items, item) {
    const at = items.findIndex((other) => Number(other) > Number(item));
    return at < 0 ? [...items, item] : [...items.slice(0, at), item, ...items.slice(at)];
  },
});
