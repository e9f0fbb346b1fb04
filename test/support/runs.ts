/** A long run tries a property so many times more than CI does, at most: what CI tries less often is slow, or matters less. */
const MOST_TIMES_CI = 50;

/**
 * On how many random histories a property is tested: the given number in CI, or what `SPLITBRAIN_HISTORIES` says: more in
 * a long run, fewer under mutation testing (README, "Tests"). With 1,000,000 all properties that CI tries on 20,000 are
 * tried on as many, and the others on their share.
 */
export function runs(inCi: number): number {
  const asked = process.env.SPLITBRAIN_HISTORIES;
  if (asked === undefined || asked === "") return inCi;
  const count = Number(asked);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`SPLITBRAIN_HISTORIES must be a number of histories such as 1000000, but it is "${asked}"`);
  return Math.min(count, MOST_TIMES_CI * inCi);
}
