import type { Copy } from "../../models/leaderless/copies.ts";
import type { PeerMessage } from "../../models/leaderless/messages.ts";
import { several, value } from "./label.ts";

export function leaderless(body: PeerMessage): string {
  switch (body.type) {
    case "ask":
      return `${body.key}?`;
    case "answer":
      return shown(body.copy);
    case "store": {
      const what = `${body.key} = ${shown(body.copy)}`;
      return body.hint === undefined ? (body.repair ? `repair: ${what}` : what) : `${what} for ${body.hint}`;
    }
    case "stored":
      return "stored";
    case "handoff":
      return `yours: ${body.key} = ${shown(body.copy)}`;
    case "handed":
      return "got it";
    case "roots":
      return "roots of trees";
    case "walk":
      return "they differ here";
    case "exchange":
      return body.copies.length === 0
        ? `send me ${several(body.wanted)}`
        : several(body.copies.map(([key, copy]) => `${key} = ${shown(copy)}`));
  }
}

/** The value; of siblings all, with a bar between. */
const shown = (copy: Copy | null): string =>
  copy === null ? "nothing" : isStamped(copy) ? value(copy.value) : copy.map((one) => value(one.value)).join(" | ");

const isStamped = (copy: Copy): copy is Exclude<Copy, readonly unknown[]> => !Array.isArray(copy);
