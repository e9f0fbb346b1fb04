import { bothOf, type Invariant, type Ruling } from "../../core/model.ts";

/**
 * Judged from what copies trace:
 *
 * - `revision {revision, site, number, key, op}`: the copy got this revision: that edit of that site, in that form.
 * - `text {revision, key, text}`: so it shows a document then, none of its own edits of which is outside the revisions.
 */
export const otInvariants = (): Invariant[] => [oneOrder(), exactlyOnce(), sameText()];

/** What is claimed again must be what was claimed first. */
function agreement(claims: Map<string, string>, about: string, claim: string): Ruling {
  const first = claims.get(about);
  if (first === undefined) {
    claims.set(about, claim);
    return undefined;
  }
  return first === claim || `${about} is ${claim}, but was ${first} before`;
}

/** All copies have the same revisions. */
function oneOrder(): Invariant {
  const claims = new Map<string, string>();
  return {
    name: "one-order",
    source: "Nichols et al. 1995, §6: the server's order is that of all",
    onTrace: (node, event, { revision, site, number, op }) => {
      if (event !== "revision") return undefined;
      const ruling = agreement(claims, `revision ${revision}`, `edit ${number} of ${site}, ${op}`);
      return typeof ruling === "string" ? `on ${node} ${ruling}` : ruling;
    },
  };
}

/** The edits of a site become revisions in their order, each once. */
function exactlyOnce(): Invariant {
  /** What became a revision, from the last one that was judged on; a crash may keep what its node could not tell any more. */
  const waiting = new Map<number, { readonly site: string; readonly number: number }>();
  const latest = new Map<string, number>();
  let judged = 0;
  return {
    name: "exactly-once",
    source: "Wang, Mah & Lassen 2010: the server acknowledges each edit once, in order",
    onTrace: (_node, event, detail) => {
      const revision = Number(detail.revision);
      if (event !== "revision" || revision <= judged) return undefined;
      waiting.set(revision, { site: String(detail.site), number: Number(detail.number) });
      let ruling: Ruling;
      for (let next = waiting.get(judged + 1); next !== undefined; next = waiting.get(judged + 1)) {
        judged++;
        waiting.delete(judged);
        const before = latest.get(next.site) ?? 0;
        latest.set(next.site, next.number);
        const told = `revision ${judged} is edit ${next.number} of ${next.site}, the last one was ${before}`;
        ruling = bothOf(ruling, next.number === before + 1 || told);
      }
      return ruling;
    },
  };
}

/** Copies at the same revision, without edits on top, show the same text. */
function sameText(): Invariant {
  const claims = new Map<string, string>();
  return {
    name: "same-text",
    source: "Ressel et al. 1996: TP1",
    onTrace: (node, event, { revision, key, text }) => {
      if (event !== "text") return undefined;
      const ruling = agreement(claims, `the text of ${key} at revision ${revision}`, String(text));
      return typeof ruling === "string" ? `on ${node} ${ruling}` : ruling;
    },
  };
}
