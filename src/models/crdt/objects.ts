import type { Json } from "../../core/json.ts";
import { dataType, type TypeName } from "./types/index.ts";

/** The state of an object, or a delta of it. Its first change says of what type it is. */
export type CrdtObject = { readonly type: TypeName; readonly state: Json };

/** States, or deltas, of several objects by key. */
export type Objects = readonly (readonly [key: string, object: CrdtObject])[];

/**
 * Joins two copies of an object. If two nodes took a new object for two different types, then one of the types counts
 * for more, the same everywhere: the linear sum of two lattices (Baquero, Almeida, Cunha & Ferreira,
 * "Composition in State-based Replicated Data Types", EATCS 2017).
 */
export function joinObjects(a: CrdtObject | undefined, b: CrdtObject): CrdtObject {
  if (a === undefined || a.type < b.type) return b;
  if (b.type < a.type) return a;
  return { type: a.type, state: dataType(a.type).join(a.state, b.state) };
}

/** True if to join `b` into `a` would change nothing. */
export function coversObject(a: CrdtObject | undefined, b: CrdtObject): boolean {
  if (a === undefined || a.type < b.type) return false;
  return b.type < a.type || dataType(a.type).covers(a.state, b.state);
}

/** All of both, object by object. */
export function joinAll(a: Objects, b: Objects): Objects {
  const joined = new Map(a);
  for (const [key, object] of b) joined.set(key, joinObjects(joined.get(key), object));
  return [...joined];
}

export const valueShown = ({ type, state }: CrdtObject): Json => dataType(type).value(state);
