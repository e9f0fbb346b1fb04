import type { Json, JsonObject } from "../../core/json.ts";
import type { Outcome } from "../../core/operation.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";
import type { Machine } from "../shared/group.ts";
import { apply, type Contents } from "../shared/key-value.ts";
import type { BugName } from "./bugs.ts";
import type { Item, Stamp, StreamRecord } from "./messages.ts";

/** A client's write as it goes into the log. */
export type Update = {
  /** Identify the request across retries. */
  readonly client: string;
  readonly seq: number;
  readonly f: string;
  readonly input: Json;
  /** The leader's wall clock, milliseconds. */
  readonly nowMs: number;
};

/** Records that follow the first `after` of the other region's stream. */
export type Replicated = { readonly after: number; readonly records: readonly StreamRecord[] };

/** The newest write of a client, and the answer to it. */
type Answered = { readonly seq: number; readonly outcome: Outcome };

/** A copy to look into. */
export type Copy = ReadonlyMap<string, Json>;

export const itemCell = (key: string): string => `item ${key}`;
const sessionCell = (client: string): string => `session ${client}`;
const recordCell = (number: number): string => `record ${number}`;
const RECORDS = "records";
const POSITION = "position";

/** Commands of a partition's log. */
export const readItem = (key: string): LoggedOp => ({ f: "read", key: itemCell(key), input: null });
export const updateItem = (key: string, update: Update): LoggedOp => ({ f: "update", key, input: update });
export const replicate = (replicated: Replicated): LoggedOp => ({ f: "replicate", input: replicated });

/** The value of an item as it is stored, or as the answer to `readItem` gives it. */
export const valueIn = (stored: Json | undefined): Json => ((stored ?? null) as Item | null)?.value ?? null;

export const recordsIn = (copy: Copy): number => (copy.get(RECORDS) as number | undefined) ?? 0;

/** At most `limit` records of the copy's change stream that follow the first `after`. */
export function recordsAfter(copy: Copy, after: number, limit: number): readonly StreamRecord[] {
  const found: StreamRecord[] = [];
  for (let number = after + 1; number <= Math.min(recordsIn(copy), after + limit); number++)
    found.push(copy.get(recordCell(number)) as StreamRecord);
  return found;
}

/** How many records of the other region's stream the copy has applied. */
export const positionIn = (copy: Copy): number => (copy.get(POSITION) as number | undefined) ?? 0;

export interface TableOptions {
  readonly region: string;
  /** True if writes go into a change stream. */
  readonly streamed: boolean;
  readonly bug: BugName | undefined;
  readonly trace: (event: string, detail: JsonObject) => void;
}

/**
 * One partition of a table as a state machine: items, a table of sessions that makes retries exactly once, the change
 * stream, and how far the other region's stream is applied. All of it is made by the log, so that no fail-over forgets it.
 */
export function tableMachine(options: TableOptions): Machine {
  return (contents, op) => {
    switch (op.f) {
      case "read":
        return { type: "ok", value: contents.get(op.key ?? "") ?? null };
      case "update":
        return update(contents, op.key ?? "", op.input as Update, options);
      case "replicate":
        return takeRecords(contents, op.input as Replicated, options);
      default:
        return { type: "fail", error: { name: "not-supported", text: `a table has no ${op.f}` } };
    }
  };
}

/** Does a write unless it was done before: its condition is judged here, where nothing can come in between. */
function update(contents: Contents, key: string, one: Update, options: TableOptions): Outcome {
  const { client, seq, nowMs } = one;
  const newest = contents.get(sessionCell(client)) as unknown as Answered | undefined;
  if (newest !== undefined && newest.seq >= seq && options.bug !== "retry-applied-twice") {
    if (newest.seq === seq) return newest.outcome;
    return { type: "info", error: { name: "crash", text: "the session has gone on since" } };
  }
  const before = contents.get(itemCell(key)) as Item | undefined;
  const cell: Contents = new Map(before === undefined ? [] : [[key, before.value]]);
  const outcome = apply(cell, { f: one.f, key, input: one.input });
  contents.set(sessionCell(client), { seq, outcome } as unknown as Json);
  if (outcome.type !== "ok") return outcome;
  const goesBack = before === undefined || options.bug === "timestamp-goes-back";
  const atMs = goesBack ? nowMs : Math.max(before.atMs + 1, nowMs);
  const item: Item = { value: cell.get(key) ?? null, atMs, region: options.region };
  contents.set(itemCell(key), item);
  if (options.streamed) addRecord(contents, { key, ...item }, options);
  return outcome;
}

function addRecord(contents: Contents, record: StreamRecord, { trace }: TableOptions): void {
  const number = recordsIn(contents) + 1;
  contents.set(recordCell(number), record);
  contents.set(RECORDS, number);
  trace("record", { number, record: nameOf(record) });
}

/** Applies what follows the position: each record once and in order, however often it is brought. */
function takeRecords(contents: Contents, { after, records }: Replicated, { bug, trace }: TableOptions): Outcome {
  const position = positionIn(contents);
  const gap = after > position;
  if (gap && bug !== "stream-drops-on-failover") return { type: "ok", value: null };
  const fresh = gap ? records : records.slice(position - after);
  let number = Math.max(position, after);
  for (const record of fresh) {
    number++;
    trace("replicate", { number, record: nameOf(record) });
    const { key, ...item } = record;
    const held = contents.get(itemCell(key)) as Item | undefined;
    if (held === undefined || isLater(item, held) || bug === "arrival-order") contents.set(itemCell(key), item);
  }
  contents.set(POSITION, number);
  return { type: "ok", value: null };
}

/** True if `a` wins over `b`. */
export const isLater = (a: Stamp, b: Stamp): boolean => a.atMs > b.atMs || (a.atMs === b.atMs && a.region > b.region);

const nameOf = ({ key, atMs, region }: StreamRecord): string => `${key} of ${atMs} ms in ${region}`;
