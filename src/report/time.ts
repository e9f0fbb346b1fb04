import { NS_PER_MS, NS_PER_S } from "../core/time.ts";

const NS_PER_MIN = 60 * NS_PER_S;

/** Fixed number of decimals, with thousands separated: `12,345.678`. */
export const decimal = (value: number, decimals: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/**
 * A way to write instants of one excerpt: one unit for all, and as many decimals as tell different instants apart, down
 * to a tenth of a millisecond in seconds or a microsecond in milliseconds.
 *
 * @param alsoNs instants that are written elsewhere; they only help to choose the unit.
 */
export function timeScale(instantsNs: readonly number[], alsoNs: readonly number[] = []): (ns: number) => string {
  const finite = [...new Set(instantsNs.filter(Number.isFinite))];
  const largest = [...finite, ...alsoNs].reduce(
    (max, ns) => (Number.isFinite(ns) ? Math.max(max, Math.abs(ns)) : max),
    0,
  );
  const [perUnit, unit, least, most] = largest < NS_PER_S ? [NS_PER_MS, "ms", 0, 3] : [NS_PER_S, "s", 3, 4];
  let decimals = least;
  while (decimals < most && new Set(finite.map((ns) => decimal(ns / perUnit, decimals))).size < finite.length)
    decimals++;
  return (ns) => (Number.isFinite(ns) ? `${decimal(ns / perUnit, decimals)} ${unit}` : "?");
}

const trimmed = (value: number, decimals: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: decimals });

/** A length of time, to about three digits: `1.5 ms`, `12.3 s`, `2 min 5 s`, `1 h 2 min`. */
export function duration(ns: number): string {
  if (!Number.isFinite(ns)) return "no end";
  if (ns < NS_PER_S) return `${trimmed(ns / NS_PER_MS, ns < 10 * NS_PER_MS ? 2 : ns < 100 * NS_PER_MS ? 1 : 0)} ms`;
  if (ns < NS_PER_MIN) return `${trimmed(ns / NS_PER_S, ns < 10 * NS_PER_S ? 2 : 1)} s`;
  const seconds = Math.round(ns / NS_PER_S);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${seconds % 60 === 0 ? "" : ` ${seconds % 60} s`}`;
  return `${trimmed(Math.floor(minutes / 60), 0)} h${minutes % 60 === 0 ? "" : ` ${minutes % 60} min`}`;
}
