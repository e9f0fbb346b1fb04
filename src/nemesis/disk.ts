import * as fc from "fast-check";
import type { NodeId } from "../core/operation.ts";
import type { Aimed } from "./aim.ts";
import { victims } from "./victims.ts";

/** Makes disks slow to sync. */
export const slowDisks = (nodes: readonly NodeId[]): fc.Arbitrary<Aimed> =>
  fc
    .record({ who: victims(nodes), stallMs: fc.constantFrom(10, 50, 200) })
    .map(({ who: { nodes: struck, ...aim }, stallMs }) => ({
      fault: { kind: "disk", nodes: struck, stallMs },
      ...aim,
    }));

/** Fills disks to the last byte. */
export const filledDisks = (nodes: readonly NodeId[]): fc.Arbitrary<Aimed> =>
  victims(nodes).map(({ nodes: struck, ...aim }) => ({ fault: { kind: "disk", nodes: struck, full: true }, ...aim }));
