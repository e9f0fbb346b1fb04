/**
 * On how many random histories a property is tested: the given number in CI, or what `SPLITBRAIN_HISTORIES` says: more in
 * a long run, fewer under mutation testing (README, "Tests").
 */
export function runs(inCi: number): number {
  const asked = process.env.SPLITBRAIN_HISTORIES;
  if (asked === undefined || asked === "") return inCi;
  const count = Number(asked);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`SPLITBRAIN_HISTORIES must be a number of histories such as 1000000, but it is "${asked}"`);
  return count;
}
