import type { BugName } from "./bugs.ts";
import type { Edit, TextOperation } from "./operations.ts";

/**
 * Inclusion transformation: the form in which `edit` does to a text that `other` has changed what it would have done before
 * (Ellis & Gibbs, SIGMOD 1989; Ressel et al., CSCW 1996). The two were made on the same text, by different sites.
 */
export type Transform = (edit: Edit, other: Edit) => Edit;

/**
 * The transformation. It has property TP1: from any text, `a` and then `b` transformed against `a` give the same text as `b`
 * and then `a` transformed against `b`. Of two inserts at one position the one of the lesser site stands first, which both
 * sides can tell by themselves.
 *
 * A bug, where it is one of the transformation, is built in here.
 */
export const transformation =
  (bug?: BugName): Transform =>
  (edit, other) =>
    edit.key === other.key ? { ...edit, op: transformed(edit.op, other.op, edit.site < other.site, bug) } : edit;

function transformed(op: TextOperation, other: TextOperation, isFirst: boolean, bug?: BugName): TextOperation {
  if (op.f === "nothing" || other.f === "nothing") return op;
  if (other.f === "insert") {
    const stays = op.at < other.at || (op.f === "insert" && op.at === other.at && isFirst && bug !== "tie-not-broken");
    return stays ? op : { ...op, at: op.at + other.characters.length };
  }
  if (op.f === "delete" && op.at === other.at) return { f: "nothing" };
  const isBehind = op.at > other.at || (op.at === other.at && op.at > 0 && bug === "off-by-one");
  return isBehind ? { ...op, at: op.at - 1 } : op;
}
