import type { Operation } from "../core/operation.ts";

/** An operation while its history is being read: function, input and output are as they stand there. */
export type Draft = { -readonly [K in keyof Operation]: Operation[K] };

/** The draft, with a key that it did not have. A new object, so that all operations of a history have one layout. */
export function keyed({ index, process, node, f, input, callNs, returnNs, outcome }: Draft, key: string): Draft {
  return { index, process, node, f, key, input, callNs, returnNs, outcome };
}
