import type * as fc from "fast-check";
import type { NodeId } from "../core/operation.ts";
import type { Aimed } from "./aim.ts";
import { victims } from "./victims.ts";

/** Kills nodes; they restart when the fault is healed. */
export const kills = (nodes: readonly NodeId[]): fc.Arbitrary<Aimed> =>
  victims(nodes).map(({ nodes: struck, ...aim }) => ({ fault: { kind: "kill", nodes: struck }, ...aim }));
