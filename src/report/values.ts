import type { Json } from "../core/json.ts";
import { displayWidth, plain, truncate } from "./layout.ts";

export interface ValueOptions {
  /** Terminal cells the text may take; at least 8 are used. Default 40. */
  readonly width?: number;
  /** For a list: the position that matters, kept in view when the list must be shortened. Default: its end. */
  readonly focus?: number;
}

const FULL_WIDTH = 40;

/** A value in few cells: JSON for scalars, `[1 2 3]` for lists, `[… 47 48 49] (49)` for long ones. */
export function describeValue(value: Json | undefined, options: ValueOptions = {}): string {
  const width = Math.max(8, options.width ?? FULL_WIDTH);
  if (isList(value)) return describeList(value, width, options.focus);
  if (typeof value === "string") return shortenString(value, width);
  return truncate(whole(value), width);
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** The whole value on one line. */
function whole(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (isList(value)) return `[${value.map(whole).join(" ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.map(([name, field]) => `${plain(name)}: ${whole(field)}`).join(", ")}}`;
  }
  // A number that JSON cannot say (an imported NaN) is still worth showing.
  return typeof value === "string" ? plain(JSON.stringify(value)) : String(value);
}

/** Keeps both ends: names made of a common beginning and a number differ at the end. */
function shortenString(value: string, width: number): string {
  // An item longer than any line would be cut anyway; this bounds the work on megabytes of text.
  const text = plain(JSON.stringify(value.length > 2_000 ? `${value.slice(0, 1_000)}…${value.slice(-900)}` : value));
  if (displayWidth(text) <= width) return text;
  const characters = [...text];
  const tail = Math.floor((width - 1) / 3);
  const end = characters.slice(-tail).join("");
  return `${truncate(text, width - displayWidth(end))}${end}`;
}

function describeList(list: readonly Json[], width: number, focus?: number): string {
  const cache = new Map<number, string>();
  const itemAt = (i: number): string => {
    const known = cache.get(i);
    if (known !== undefined) return known;
    const text = truncate(whole(list[i]), Math.max(8, Math.floor(width / 2)));
    cache.set(i, text);
    return text;
  };
  const windowOf = (lo: number, hi: number): string => {
    const items = Array.from({ length: hi - lo + 1 }, (_, i) => itemAt(lo + i));
    const left = lo > 0 ? "… " : "";
    const right = hi < list.length - 1 ? " …" : "";
    return `[${left}${items.join(" ")}${right}]${left || right ? ` (${list.length})` : ""}`;
  };
  if (list.length === 0) return "[]";
  if (list.length <= width && displayWidth(windowOf(0, list.length - 1)) <= width) return windowOf(0, list.length - 1);

  let lo = Math.min(Math.max(focus ?? list.length - 1, 0), list.length - 1);
  let hi = lo;
  let leftTurn = true;
  for (let stuck = 0; stuck < 2; leftTurn = !leftTurn) {
    const [nextLo, nextHi] = leftTurn ? [lo - 1, hi] : [lo, hi + 1];
    if (nextLo < 0 || nextHi >= list.length || displayWidth(windowOf(nextLo, nextHi)) > width) {
      stuck++;
      continue;
    }
    stuck = 0;
    [lo, hi] = [nextLo, nextHi];
  }
  return truncate(windowOf(lo, hi), width);
}

/**
 * Where lists stop telling the same story: the first position at which two of them differ, or at which one has ended
 * and another goes on. `undefined` if all are equal or there are fewer than two.
 */
export function firstDifference(lists: readonly (readonly Json[])[]): number | undefined {
  const [first, ...others] = lists;
  if (first === undefined) return undefined;
  let earliest: number | undefined;
  for (const other of others) {
    const end = Math.max(first.length, other.length);
    for (let i = 0; i < Math.min(end, earliest ?? end); i++) {
      const same = i < first.length && i < other.length && whole(first[i]) === whole(other[i]);
      if (!same) {
        earliest = i;
        break;
      }
    }
  }
  return earliest;
}
