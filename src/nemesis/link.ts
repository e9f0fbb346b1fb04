import * as fc from "fast-check";
import type { LinkQuality } from "../core/fault.ts";
import type { NodeId } from "../core/operation.ts";
import type { Aimed } from "./aim.ts";

const qualities: fc.Arbitrary<LinkQuality> = fc.oneof(
  fc.constantFrom(0.1, 0.3, 0.6).map((loss) => ({ loss })),
  fc.constantFrom(0.2, 0.6).map((duplicate) => ({ duplicate })),
  fc.constantFrom(0.1, 0.4).map((reorder) => ({ reorder })),
  fc.constantFrom(20, 80).map((meanMs): LinkQuality => ({ delay: { kind: "exponential", meanMs } })),
  fc.constant<LinkQuality>({
    delay: { kind: "long-tail", minMs: 5, maxMs: 1000 },
    duplicate: 0.1,
    reorder: 0.1,
    loss: 0.05,
  }),
);

/** Makes links lose, repeat, reorder or hold back messages: all links, or those into and out of one node. */
export const badLinks = (nodes: readonly NodeId[]): fc.Arbitrary<Aimed> =>
  fc.record({ quality: qualities, victim: fc.option(fc.constantFrom(...nodes)) }).map(({ quality, victim }): Aimed => {
    if (victim === null) return { fault: { kind: "link", quality } };
    const others = nodes.filter((node) => node !== victim);
    const links = Object.fromEntries(nodes.map((node) => [node, node === victim ? others : [victim]]));
    return { fault: { kind: "link", links, quality }, aimedAtLeader: victim };
  });
