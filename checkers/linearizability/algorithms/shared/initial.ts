import { SPECS } from "../../../specs/index.ts";
import type { Algorithm } from "../../algorithm.ts";

/** The algorithm, which takes for granted how the object is at first, for specifications of which that is true. */
export const fromInitial = (algorithm: Algorithm): Algorithm => ({
  ...algorithm,
  decide(spec, ops, deadlineMs) {
    const usual = SPECS[spec.name];
    if (usual === undefined || spec.key(spec.init()) !== usual.key(usual.init()))
      return { type: "declined", why: "the object is not in its usual state at first" };
    return algorithm.decide(spec, ops, deadlineMs);
  },
});
