import type { Json } from "../../core/json.ts";
import type { ResourceContext } from "../../models/shared/guarded-resource.ts";
import { EPOCH_MS } from "../../runtimes/sim/index.ts";
import { answered, asked, type ClientLabels } from "./label.ts";

/** That a key was deleted goes without saying. */
export const redlock: ClientLabels = {
  asked: (op, context) => {
    if (op.f === "write") return `${asked(op)}, token ${timeOf((context as ResourceContext).token)}`;
    return op.f === "read" ? asked(op) : `${SAID[op.f] ?? op.f} ${op.key}`;
  },
  answered: (op, outcome) => {
    if (op.f === "delete") return undefined;
    if (outcome.type === "fail" && outcome.error.name === "precondition-failed")
      return op.f === "write" ? "no: token too old" : "no: taken";
    if (op.f === "set" && outcome.type === "ok") return `yes, token ${timeOf(outcome.value)}`;
    return op.f === "write" && outcome.type === "ok" ? "ok" : answered(op, outcome);
  },
};

const SAID: Readonly<Record<string, string>> = { set: "lock", delete: "unlock" };

/** A token is the wall clock of a node, microseconds. */
const timeOf = (token: Json): string => `${Math.round(Number(token) / 1000 - EPOCH_MS)} ms`;
