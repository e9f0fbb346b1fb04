import type { PeerMessage } from "../../models/single-leader/messages.ts";
import { loggedOp, several } from "./label.ts";

/** Heartbeats go without saying. */
export function singleLeader(body: PeerMessage): string | undefined {
  switch (body.type) {
    case "append":
      return body.entries.length === 0 ? undefined : several(body.entries.map(({ op }) => loggedOp(op)));
    case "ack":
      return body.index === 0 ? undefined : `has ${body.index}`;
    case "mismatch":
      return "my log differs";
    case "stale":
      return `no: t${body.epoch}`;
    case "prepare":
      return `may I lead t${body.epoch}?`;
    case "promise":
      return `promised, t${body.epoch}`;
    case "survey":
      return "what have you?";
    case "standing":
      return `have ${body.log.length}`;
    case "nominate":
      return "you lead";
  }
}
