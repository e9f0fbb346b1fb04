import type { Entry, RaftMessage } from "../../models/raft/messages.ts";
import { loggedOp, several } from "./label.ts";

/** Heartbeats go without saying. */
export function raft(body: RaftMessage): string | undefined {
  switch (body.type) {
    case "append-entries":
      return body.entries.length === 0 ? undefined : several(body.entries.map(entry));
    case "appended":
      if (body.success) return body.matchIndex === 0 ? undefined : `has ${body.matchIndex}`;
      return body.serial === 0 ? `no: t${body.term}` : undefined;
    case "request-vote":
      return `vote for me, t${body.term}`;
    case "vote":
      return body.granted ? `vote, t${body.term}` : `no, t${body.term}`;
    case "pre-vote":
      return `would you vote, t${body.term}?`;
    case "pre-voted":
      return body.granted ? "I would" : "I would not";
    case "install-snapshot":
      return "snapshot";
    case "timeout-now":
      return "stand now";
  }
}

const entry = ({ term, command, configuration }: Entry): string =>
  `${configuration === undefined ? loggedOp(command?.op ?? null) : "voters"} (t${term})`;
