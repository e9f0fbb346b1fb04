import type { Deadline } from "../../shared/deadline.ts";
import { ABORTED, type Transactions, WRITE } from "../transactions.ts";

/** No transaction that may have committed wrote a version. */
export const NOBODY = -1;
/** Several may have, so that nobody can say which of them a read saw. */
export const SEVERAL = -2;

/** Who wrote what. */
export interface Writers {
  /** Of each version the transaction that may have committed and wrote it, `NOBODY` or `SEVERAL`. */
  readonly writer: Int32Array;
  /** Of each version a transaction that wrote it and aborted, or `NOBODY`. */
  readonly abortedWriter: Int32Array;
  /** Of each version whether its writer wrote nothing to its key after it. */
  readonly isFinal: Uint8Array;
  /** Of each key whether anybody wrote it. */
  readonly isWritten: Uint8Array;
}

/** An element that one transaction appended twice is as good as of several: which of them a list shows is not known. */
export function writersOf(txns: Transactions, deadline: Deadline): Writers {
  const { count, first, f, key, version, versionKey, status } = txns;
  const isList = txns.kind === "list-append";
  const writer = new Int32Array(versionKey.length).fill(NOBODY);
  const abortedWriter = new Int32Array(versionKey.length).fill(NOBODY);
  const isFinal = new Uint8Array(versionKey.length);
  const isWritten = new Uint8Array(txns.keyNames.length);
  const seenBy = new Int32Array(txns.keyNames.length).fill(-1);
  for (let t = 0; t < count; t++) {
    deadline.step();
    for (let m = (first[t + 1] as number) - 1; m >= (first[t] as number); m--) {
      if (f[m] !== WRITE) continue;
      const k = key[m] as number;
      const v = version[m] as number;
      isWritten[k] = 1;
      if (status[t] === ABORTED) {
        abortedWriter[v] = t;
        continue;
      }
      if (writer[v] === NOBODY) writer[v] = t;
      else if (writer[v] !== t || isList) writer[v] = SEVERAL;
      if (seenBy[k] !== t) isFinal[v] = 1;
      seenBy[k] = t;
    }
  }
  return { writer, abortedWriter, isFinal, isWritten };
}
