import type * as fc from "fast-check";
import type { NodeId } from "../core/operation.ts";
import type { Aimed } from "./aim.ts";
import { victims } from "./victims.ts";

/** Freezes nodes. */
export const pauses = (nodes: readonly NodeId[]): fc.Arbitrary<Aimed> =>
  victims(nodes).map(({ nodes: struck, ...aim }) => ({ fault: { kind: "pause", nodes: struck }, ...aim }));
