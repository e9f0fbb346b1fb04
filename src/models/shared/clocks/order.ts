/** How two events, or two versions, stand to each other (Lamport, CACM 1978: "happened before"). */
export type CausalOrder = "happens-before" | "happens-after" | "concurrent" | "identical";

/** The order of two things of which it is known whether each one covers, so knows all of, the other. */
export const orderOf = (aCoversB: boolean, bCoversA: boolean): CausalOrder => {
  if (aCoversB && bCoversA) return "identical";
  if (aCoversB) return "happens-after";
  return bCoversA ? "happens-before" : "concurrent";
};
