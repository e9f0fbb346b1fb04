import type { ModelConfig, ModelOption } from "../../core/model.ts";
import type { BugName } from "./bugs.ts";

/** A configuration of the model, and the bug that is switched on, if any. */
export interface Settings {
  /** Copies of a key. */
  readonly n: number;
  /** Answers that a read waits for. */
  readonly r: number;
  /** Acknowledgements that a write waits for. */
  readonly w: number;
  readonly members: "strict" | "sloppy";
  readonly versions: "lww" | "siblings";
  readonly repair: "read-repair" | "anti-entropy";
  readonly writeBack: "off" | "abd";
  readonly bug: BugName | undefined;
}

export const OPTIONS = {
  quorum: {
    description: "N copies of a key, of which a read waits for R and a write for W",
    values: {
      n3r2w2: "majorities: each read meets each acknowledged write",
      n3r1w1: "any one copy: fast, and they need not meet",
      n3r1w3: "reads from one copy, writes to all",
      n3r3w1: "writes to one copy, reads from all",
      n5r3w3: "majorities of five",
      n5r2w3: "a majority of five has it, and a read asks two: they need not meet",
    },
  },
  members: {
    description: "which nodes may answer for a key",
    values: {
      strict: "its homes only, the first N nodes on the ring",
      sloppy: "the first N nodes that answer; others stand in, and hand over what they took once the home is back",
    },
  },
  versions: {
    description: "what becomes of concurrent writes",
    values: {
      lww: "the last one wins, by the coordinator's wall clock",
      siblings: "all are kept until a write that knows of them; by dotted version vectors",
    },
  },
  repair: {
    description: "how copies that missed a write get it",
    values: {
      "read-repair": "from reads that find them behind, and from Merkle trees in the background",
      "anti-entropy": "from Merkle trees in the background only",
    },
  },
  "write-back": {
    description: "what a read does before it answers",
    values: {
      off: "nothing",
      abd: "it brings what it found to W copies; and writes ask R copies first, for a stamp above all of theirs",
    },
  },
} as const satisfies Record<string, ModelOption>;

/** Reads a configuration; an option that is not given stays at its default, the first value. */
export function settingsOf(config: ModelConfig, bug?: string): Settings {
  const [n, r, w] = [...(config.quorum ?? "n3r2w2").matchAll(/\d+/g)].map(Number);
  return {
    n: n ?? 3,
    r: r ?? 2,
    w: w ?? 2,
    members: config.members === "sloppy" ? "sloppy" : "strict",
    versions: config.versions === "siblings" ? "siblings" : "lww",
    repair: config.repair === "anti-entropy" ? "anti-entropy" : "read-repair",
    writeBack: config["write-back"] === "abd" ? "abd" : "off",
    bug: bug as BugName | undefined,
  };
}

/** True if every read meets every acknowledged write in some copy (Gifford, SOSP 1979). */
export const overlaps = ({ n, r, w, members }: Settings): boolean => members === "strict" && r + w > n;

/** Why a configuration makes no sense, with the mend; else `undefined`. */
export function reject(config: ModelConfig, nodes: number, workload: string): string | undefined {
  const settings = settingsOf(config);
  const { n, r, w, members, versions, repair, writeBack } = settings;
  if (nodes < n) return `${n} copies of a key need at least ${n} nodes`;
  if (members === "sloppy" && nodes === n)
    return `a sloppy quorum needs nodes that can stand in: with ${n} copies give at least ${n + 1} nodes`;
  if (writeBack === "off") return undefined;
  if (members === "sloppy") return "abd needs quorums that overlap, which sloppy ones do not: choose strict";
  if (r + w <= n) return `abd needs quorums that overlap: ${r} + ${w} is not more than ${n}; choose n3r2w2 or n5r3w3`;
  if (versions === "siblings") return "abd keeps one version, by its stamp: choose lww";
  if (repair === "anti-entropy") return "abd writes back what it reads, which is a read repair: choose read-repair";
  if (workload === "set")
    return "abd has no sets, for to add is to read and write at once; use --workload sessions, or write-back off";
  return undefined;
}

/** A coordinator asks those that have not answered again this often. */
export const RESEND_MS = 50;
/** Sloppy quorums: a node that has not answered for this long is taken for dead, and another one stands in for it. */
export const SUSPECT_MS = 50;
/** A question that too few nodes have answered is given up after this long; nothing was changed, so the refusal is definite. */
export const ASK_MS = 300;
/** A write that too few nodes have acknowledged is left to anti-entropy after this long; nobody waits for it any more. */
export const STORE_MS = 1000;
/** Each node compares trees with one other this often, in turn. */
export const COMPARE_MS = 250;
/** Each node offers the hints that it holds to their homes this often. */
export const HANDOFF_MS = 250;
