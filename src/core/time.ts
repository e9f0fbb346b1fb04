/** Nanoseconds in a millisecond. Instants and spans in histories are integer nanoseconds. */
export const NS_PER_MS = 1_000_000;
/** Nanoseconds in a second. */
export const NS_PER_S = 1_000_000_000;

/** Milliseconds (fractions allowed) to integer nanoseconds. */
export const msToNs = (ms: number): number => Math.round(ms * NS_PER_MS);

/** Nanoseconds to milliseconds, fraction kept. */
export const nsToMs = (ns: number): number => ns / NS_PER_MS;
