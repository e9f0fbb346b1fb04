import type { History } from "../../src/core/history.ts";
import { countUp } from "./causes.ts";
import { increment, startsOf } from "./counts.ts";
import { type Drafts, NOTHING, UNWRITTEN } from "./register-drafts.ts";
import { INITIAL, NO_READ, type Registers, THIN_AIR } from "./registers.ts";

/** Sorts drafts by session, resolves what was read, and lists the writes of each key by session. */
export function buildRegisters(history: History, drafts: Drafts): Registers {
  const { op, session, first, key, source, writes } = sorted(drafts);
  const count = op.length;
  return {
    history,
    count,
    op,
    session,
    first,
    key,
    source,
    writes,
    sourcesAt: countUp(count + 1),
    sources: source,
    keyNames: drafts.keys,
    keys: drafts.keys.filter((_, k) => !drafts.problems.has(k)),
    leftOut: [...drafts.problems.values()],
    ...slotsOf(drafts.keys.length, session, key, writes),
  };
}

/** The drafts that are not left out, session by session. */
function sorted(drafts: Drafts) {
  const first = new Int32Array(drafts.sessions + 1);
  let count = 0;
  for (let i = 0; i < drafts.op.length; i++) {
    if (drafts.absent[i] === 1) continue;
    count++;
    increment(first, (drafts.session[i] as number) + 1);
  }
  startsOf(first);

  const next = first.slice(0, drafts.sessions);
  const number = new Int32Array(drafts.op.length).fill(-1);
  const [op, session, key] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  const writes = new Uint8Array(count);
  for (let i = 0; i < drafts.op.length; i++) {
    if (drafts.absent[i] === 1) continue;
    const s = drafts.session[i] as number;
    const id = next[s] as number;
    next[s] = id + 1;
    number[i] = id;
    op[id] = drafts.op[i] as number;
    session[id] = s;
    key[id] = drafts.key[i] as number;
    writes[id] = drafts.wrote[i] === NOTHING ? 0 : 1;
  }

  const source = new Int32Array(count);
  for (let i = 0; i < drafts.op.length; i++) {
    const id = number[i] as number;
    if (id === -1) continue;
    const saw = drafts.saw[i] as number;
    if (saw === NOTHING) source[id] = NO_READ;
    else if (saw === UNWRITTEN) source[id] = INITIAL;
    else {
      const writer = drafts.writer[saw] as number;
      source[id] = writer === -1 || number[writer] === -1 ? THIN_AIR : (number[writer] as number);
    }
  }
  return { op, session, first, key, source, writes };
}

/** The writes of each key by session. Operations are numbered by session, so that sorting them by key is enough. */
function slotsOf(keys: number, session: Int32Array, key: Int32Array, writes: Uint8Array) {
  const next = new Int32Array(keys + 1);
  let total = 0;
  for (let id = 0; id < key.length; id++) {
    if (writes[id] === 0) continue;
    total++;
    increment(next, (key[id] as number) + 1);
  }
  startsOf(next);
  const slotWrites = new Int32Array(total);
  const slotPosition = new Int32Array(key.length);
  for (let id = 0; id < key.length; id++) {
    if (writes[id] === 0) continue;
    const k = key[id] as number;
    const position = next[k] as number;
    next[k] = position + 1;
    slotWrites[position] = id;
    slotPosition[id] = position;
  }

  const slot = new Int32Array(key.length).fill(-1);
  const slots = new Int32Array(keys + 1);
  const [slotAt, slotSession] = [new Int32Array(total + 1), new Int32Array(total)];
  let size = 0;
  for (let i = 0; i < total; i++) {
    const id = slotWrites[i] as number;
    const before = i === 0 ? -1 : (slotWrites[i - 1] as number);
    if (before === -1 || key[before] !== key[id] || session[before] !== session[id]) {
      slotAt[size] = i;
      slotSession[size] = session[id] as number;
      size++;
      slots[(key[id] as number) + 1] = size;
    }
    slot[id] = size - 1;
  }
  // Keys without writes have no slot.
  for (let k = 0; k < keys; k++) slots[k + 1] = Math.max(slots[k + 1] as number, slots[k] as number);
  slotAt[size] = total;
  return {
    slots,
    slotSession: slotSession.slice(0, size),
    slotAt: slotAt.slice(0, size + 1),
    slotWrites,
    slot,
    slotPosition,
  };
}
