import type { Algorithm } from "../algorithm.ts";

/** In the order in which they are tried. */
export const ALGORITHMS: readonly Algorithm[] = [];
