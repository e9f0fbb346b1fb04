import * as fc from "fast-check";
import type { NodeId } from "../core/operation.ts";
import type { Aimed } from "./aim.ts";

/** Freezes the clients at one node, at several, or all; who leads is nothing to them. */
export const clientPauses = (nodes: readonly NodeId[]): fc.Arbitrary<Aimed> =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.shuffledSubarray([...nodes], { minLength: 1, maxLength: 1 }) },
      { weight: 2, arbitrary: fc.shuffledSubarray([...nodes], { minLength: 1 }) },
    )
    .map((struck) => ({ fault: { kind: "client-pause", nodes: struck } }));
