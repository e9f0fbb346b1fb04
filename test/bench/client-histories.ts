import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation, Outcome } from "../../src/core/operation.ts";
import { Random } from "../../src/core/random.ts";

/** A history as clients without think time make it: each calls its next operation as soon as the last one returned. */
export interface ClientShape {
  readonly spec: "register" | "cas-register" | "kv";
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  /** Different values written; absent: every value is new. */
  readonly values?: number;
  readonly kind: "valid" | "5 % unknown" | "stale read";
}

const UNKNOWN = 0.05;
/** Longest time from a call to the effect, and from there to the return, nanoseconds. */
const MAX_SPAN_NS = 1_000;
/** A value that old was overwritten before any operation that still runs was called. */
const STALE_NS = 20 * MAX_SPAN_NS;
/** Where in the history the stale read is. */
const STALE_AT = 0.98;

/** Linearizable but for the one stale read: each operation takes effect at a random instant inside it, on one copy. */
export function clientHistory(shape: ClientShape): History {
  const { operations, clients } = shape;
  const random = new Random(1, JSON.stringify(shape));
  const calls = new Float64Array(operations);
  const effects = new Float64Array(operations);
  const returns = new Float64Array(operations);
  const clientOf = new Int32Array(operations);
  const freeAt = new Float64Array(clients);
  for (let i = 0; i < operations; i++) {
    let client = 0;
    for (let c = 1; c < clients; c++) if ((freeAt[c] as number) < (freeAt[client] as number)) client = c;
    calls[i] = (freeAt[client] as number) + 1;
    effects[i] = (calls[i] as number) + 1 + random.below(MAX_SPAN_NS);
    returns[i] = (effects[i] as number) + 1 + random.below(MAX_SPAN_NS);
    freeAt[client] = returns[i] as number;
    clientOf[i] = client;
  }
  const order = new Uint32Array(operations).map((_, i) => i);
  order.sort((a, b) => (effects[a] as number) - (effects[b] as number));

  const happened = execute(shape, random, order, effects);
  const processes = Array.from({ length: clients }, (_, client) => client);
  const ops = happened.map(({ f, key, input, outcome }, index): Operation => {
    const client = clientOf[index] as number;
    const process = processes[client] as number;
    const isUnknown = outcome.type === "info";
    if (isUnknown) processes[client] = process + clients;
    const returnNs = isUnknown ? Number.POSITIVE_INFINITY : (returns[index] as number);
    return { index, process, node: "", f, key, input, callNs: calls[index] as number, returnNs, outcome };
  });
  return { ops, faults: [], meta: { version: 1 } };
}

interface Happened {
  readonly f: string;
  readonly key: string;
  readonly input: Json;
  readonly outcome: Outcome;
}

const TIMEOUT: Outcome = { type: "info", error: { name: "timeout" } };
const REFUSED: Outcome = { type: "fail", error: { name: "precondition-failed" } };
const DONE: Outcome = { type: "ok", value: null };

function execute(shape: ClientShape, random: Random, order: Uint32Array, effects: Float64Array): Happened[] {
  const { spec, operations, kind, values } = shape;
  const nothing: Json = spec === "kv" ? "" : null;
  const read = spec === "kv" ? "get" : "read";
  const write = spec === "kv" ? "put" : "write";
  const keys = Array.from({ length: shape.keys }, (_, i) => `k${i}`);
  const states = keys.map((): Json => nothing);
  const old = keys.map((): { value: Json; atNs: number } => ({ value: nothing, atNs: 0 }));
  let written = 0;
  const fresh = (): Json => {
    const value = values === undefined ? ++written : random.below(values);
    return spec === "kv" ? `v${value}` : value;
  };
  const happened = new Array<Happened>(operations);
  let staleLeft = kind === "stale read" ? 1 : 0;
  for (let at = 0; at < operations; at++) {
    const i = order[at] as number;
    const k = random.below(keys.length);
    const key = keys[k] as string;
    const lot = random.below(spec === "cas-register" ? 3 : 2);
    const isUnknown = kind === "5 % unknown" && lot > 0 && random.chance(UNKNOWN);
    const happens = !isUnknown || random.chance(0.5);
    const seen = old[k] as (typeof old)[number];
    const ageNs = (effects[i] as number) - seen.atNs;
    if (lot === 0) {
      const isStale = staleLeft > 0 && at > operations * STALE_AT && ageNs > STALE_NS && seen.value !== states[k];
      if (isStale) staleLeft--;
      const value = (isStale ? seen.value : states[k]) as Json;
      happened[i] = { f: read, key, input: null, outcome: { type: "ok", value } };
    } else if (lot === 1) {
      const input = fresh();
      if (happens) states[k] = input;
      happened[i] = { f: write, key, input, outcome: isUnknown ? TIMEOUT : DONE };
    } else {
      const input = [fresh(), fresh()];
      const matches = states[k] === input[0];
      if (matches && happens) states[k] = input[1] as Json;
      happened[i] = { f: "cas", key, input, outcome: isUnknown ? TIMEOUT : matches ? DONE : REFUSED };
    }
    if (ageNs > 2 * STALE_NS) old[k] = { value: states[k] as Json, atNs: effects[i] as number };
  }
  return happened;
}
