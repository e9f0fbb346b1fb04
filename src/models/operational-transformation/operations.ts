import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";

/** The characters of a document in order, each by its identifier: no two of a document are the same. */
export type Text = readonly Json[];

/** A change of a text. Positions count from 0 and are those of the text that the operation is applied to. */
export type TextOperation =
  | { readonly f: "insert"; readonly at: number; readonly characters: Text }
  | { readonly f: "delete"; readonly at: number }
  /** What is left of a delete whose character somebody else has deleted. */
  | { readonly f: "nothing" };

/** A user's edit. Its name is the site that took it and its number there, from 1; its operation changes as it is transformed. */
export type Edit = {
  readonly site: NodeId;
  readonly number: number;
  /** The document. */
  readonly key: string;
  readonly op: TextOperation;
};

/** The text after an operation. */
export function applied(text: Text, op: TextOperation): Text {
  switch (op.f) {
    case "insert":
      return text.toSpliced(op.at, 0, ...op.characters);
    case "delete":
      return text.toSpliced(op.at, 1);
    default:
      return text;
  }
}

/** True if both are the same edit, whatever forms they have been transformed to. */
export const isSameEdit = (one: Edit, other: Edit): boolean => one.site === other.site && one.number === other.number;
