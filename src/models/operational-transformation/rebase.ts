import { type Edit, isSameEdit } from "./operations.ts";
import type { Transform } from "./transform.ts";

/** What comes of a queue of edits when the server puts a revision before them. */
export interface Rebased {
  /** The revision as it is to be applied after the queue; `undefined` if it is the first of the queue, and was applied long ago. */
  readonly revision: Edit | undefined;
  /** The queue as it is to be applied after the revision. */
  readonly queue: readonly Edit[];
}

/**
 * One step of the server's order, seen by who has edits that are not in it yet: a site those that it has not got back, the
 * server those that a site sent on top of an older revision. Both take the same steps, from the same revision on, so the
 * site's queue and what the server puts into its order are the same edits in the same forms, and that without a word between
 * the two of what was transformed (Nichols et al., UIST 1995: both ends of a connection walk one grid of states).
 *
 * Why TP1 is enough for all copies to become equal: let S be the server's text after revision r, Q a site's queue, and its
 * copy S·Q. A revision e makes the server's text S·e. By TP1, applied once for each edit in Q, S·e·Q' = S·Q·e', where Q' is
 * the queue transformed against e and e' is e transformed against the queue. The site shows S·Q·e', so it is again the text of
 * a revision, r+1, with a queue on top. If e is the first edit of Q itself, S·e and the rest of the queue are what they were.
 * So whoever has all revisions and an empty queue shows the server's text. Nothing is ever transformed against the same two
 * edits in two orders, for there is only the server's: TP2, that this makes no difference, is not needed. It would be where
 * sites send to each other (Ressel et al., CSCW 1996), and no transformation of plain inserts and deletes has it beside TP1
 * (Randolph, Boucheneb, Imine & Quintero, "On Consistency of Operational Transformation Approach", INFINITY 2012).
 */
export function rebase(transform: Transform, revision: Edit, queue: readonly Edit[]): Rebased {
  const [first, ...rest] = queue;
  if (first !== undefined && isSameEdit(first, revision)) return { revision: undefined, queue: rest };
  let carried = revision;
  const rebased = queue.map((edit) => {
    const next = transform(edit, carried);
    carried = transform(carried, edit);
    return next;
  });
  return { revision: carried, queue: rebased };
}
