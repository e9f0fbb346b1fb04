import { completed, type ModelConfig, type ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";
import type { TypeName } from "./types/index.ts";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  readonly propagation: "state" | "delta";
  readonly updates: "both-ways" | "grow-only";
  readonly registers: "lww-register" | "mv-register";
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  propagation: {
    description: "what a node sends a random other one, again and again",
    values: {
      state: "its whole state",
      delta: "what that one has not acknowledged, joined into one delta; its whole state if it no longer knows",
    },
  },
  updates: {
    description: "what can be done with counters and sets",
    values: {
      "both-ways": "PN-Counters, and OR-Sets, in which an add wins over a remove that has not seen it",
      "grow-only": "G-Counters and G-Sets: nothing is ever taken away",
    },
  },
  registers: {
    description: "what becomes of concurrent writes of a register",
    values: {
      "lww-register": "the last one wins, by logical time",
      "mv-register": "all are kept and shown; the next write overwrites those that its node has",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const chosen = completed(OPTIONS, config);
  return {
    propagation: chosen.propagation as Settings["propagation"],
    updates: chosen.updates as Settings["updates"],
    registers: chosen.registers as Settings["registers"],
    bug: bug as BugName | undefined,
  };
}

/** The type of the objects that this function changes; `undefined` if there is none. */
export function typeFor(f: string, { updates, registers, bug }: Settings): TypeName | undefined {
  switch (f) {
    case "increment":
    case "decrement":
      if (bug === "one-number" || bug === "merge-adds") return bug;
      return updates === "grow-only" ? "g-counter" : "pn-counter";
    case "add":
    case "remove":
      if (bug === "tombstones-dropped" || bug === "removed-for-ever") return bug;
      return updates === "grow-only" ? "g-set" : "or-set";
    case "write":
      return registers;
    default:
      return undefined;
  }
}

/** Why a configuration does not serve a workload, with the mend; else `undefined`. */
export function reject(config: ModelConfig, _nodes: number, workload: string): string | undefined {
  const { updates, registers } = settingsOf(config);
  if (updates === "grow-only" && workload === "pn-counter")
    return "a G-Counter knows no decrement: choose both-ways, or --workload g-counter";
  if (updates === "grow-only" && workload === "cart")
    return "a G-Set knows no remove: choose both-ways, or --workload set";
  if (registers === "mv-register" && workload === "lww-register")
    return "an MV-Register shows several values: choose lww-register, or --workload mv-register";
  if (registers === "lww-register" && workload === "mv-register")
    return "an LWW-Register shows one value: choose mv-register, or --workload lww-register";
  return undefined;
}

/** A node sends what it has to one other this often. */
export const GOSSIP_MS = 40;
/** So many of its latest deltas a node keeps for those that have not acknowledged them. */
export const DELTAS_KEPT = 40;
/** So many deltas are on disk before a snapshot takes their place. */
export const LOG_LENGTH = 100;
/** The bug `ties-by-arrival`: how fine the wall clock's stamps are. */
export const STAMP_MS = 1000;
