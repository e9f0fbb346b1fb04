/**
 * How many random histories a property is tested on: the given number in CI, or `SPLITBRAIN_LONG_RUN` of them where that
 * is set (README, "Long run").
 */
export function runs(inCi: number): number {
  const asked = process.env.SPLITBRAIN_LONG_RUN;
  if (asked === undefined || asked === "") return inCi;
  const count = Number(asked);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`SPLITBRAIN_LONG_RUN must be a number of histories such as 1000000, but it is "${asked}"`);
  return Math.max(inCi, count);
}
