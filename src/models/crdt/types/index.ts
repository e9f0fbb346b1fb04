import type { Json } from "../../../core/json.ts";
import type { DataType } from "./data-type.ts";
import { gCounter } from "./g-counter.ts";
import { gSet } from "./g-set.ts";
import { lwwRegister } from "./lww-register.ts";
import { mergeAdds, oneNumber, tombstonesDropped, twoPhaseSet } from "./mistaken.ts";
import { mvRegister } from "./mv-register.ts";
import { orSet } from "./or-set.ts";
import { pnCounter } from "./pn-counter.ts";

export type { Change, DataType, Site } from "./data-type.ts";

/** All data types by name, and behind them those of the bugs. Who holds states need not know what they look like. */
const TYPES = {
  "g-counter": gCounter,
  "pn-counter": pnCounter,
  "g-set": gSet,
  "or-set": orSet,
  "lww-register": lwwRegister,
  "mv-register": mvRegister,
  "one-number": oneNumber,
  "merge-adds": mergeAdds,
  "tombstones-dropped": tombstonesDropped,
  "removed-for-ever": twoPhaseSet,
} as const satisfies Record<string, DataType<Json>>;

export type TypeName = keyof typeof TYPES;

export const dataType = (name: TypeName): DataType<Json> => TYPES[name];
