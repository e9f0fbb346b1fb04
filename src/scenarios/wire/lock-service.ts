import type { Invocation } from "../../core/operation.ts";
import type { Place } from "../../models/lock-service/messages.ts";
import type { RaftMessage } from "../../models/raft/messages.ts";
import { isOfResource, type ResourceContext } from "../../models/shared/guarded-resource.ts";
import { answered, asked, type ClientLabels } from "./label.ts";
import { raft } from "./raft.ts";

/** Renewals are heartbeats, and go without saying. */
export const lockService: ClientLabels = {
  asked: (op, context) => {
    if (op.f === "write") return `${asked(op)}, token ${(context as ResourceContext).token}`;
    return isOfResource(op.f) ? asked(op) : said(op);
  },
  answered: (op, outcome) => {
    const { f } = op;
    if (outcome.type === "ok") {
      if (f === "create" || f === "look") return placed(outcome.value as Place);
      return f === "renew" ? undefined : f === "read" ? answered(op, outcome) : "ok";
    }
    if (outcome.type === "fail" && outcome.error.name === "key-does-not-exist") return "session expired";
    if (outcome.type === "fail" && outcome.error.name === "precondition-failed")
      return f === "write" ? "no: token too old" : "no: taken";
    return f === "renew" ? undefined : answered(op, outcome);
  },
};

/** Of the log only what a leader puts there of its own accord: the rest has been seen to be asked for. */
export function locksLog(body: RaftMessage): string | undefined {
  if (body.type !== "append-entries") return raft(body);
  return body.entries.some(({ command }) => command?.op.f === "expire") ? "session expires" : undefined;
}

const SAID: Readonly<Record<string, string>> = { create: "lock", look: "is it mine:", delete: "unlock" };

const said = ({ f, key }: Invocation): string | undefined =>
  f === "renew" ? undefined : f === "open" ? "open session" : `${SAID[f] ?? f} ${key}`;

const placed = ({ sequence, before }: Place): string =>
  before === null ? `yours, token ${sequence}` : `wait for ${before}`;
