import type { NodeMessage, RangeAnswer, RangeRequest } from "../../models/cockroach/messages.ts";
import type { HybridStamp } from "../../models/shared/clocks/hybrid.ts";
import { assigned, value } from "./label.ts";

/** The simulator's wall clocks start at a round number, so the last three digits are those of the run's time. */
const SHOWN_MS = 1000;

const at = ([wallMs]: HybridStamp): string => `@${Math.round(wallMs) % SHOWN_MS}`;

/** What the groups' own messages say is left to them. */
export function cockroach(body: NodeMessage): string | undefined {
  if (body.type === "call") return request(body.request);
  return body.type === "answer" ? answer(body.answer) : undefined;
}

/** What nobody waits for goes without saying. */
function request(asked: RangeRequest): string | undefined {
  switch (asked.f) {
    case "read":
      return `${asked.key}? ${at(asked.stamp)}`;
    case "refresh":
      return `still? ${at(asked.to)}`;
    case "write":
      return `${assigned(asked.key, asked.intent.value)} ${at(asked.intent.stamp)}`;
    case "commit":
      return `end ${at(asked.stamp)}`;
    case "push":
      return "what of it?";
    case "resolve":
      return undefined;
  }
}

function answer(told: RangeAnswer): string | undefined {
  if ("refused" in told) return "not I";
  if ("value" in told) return value(told.value);
  if ("uncertain" in told) return `uncertain ${at(told.uncertain)}`;
  if ("laid" in told) return at(told.laid);
  if ("conflict" in told) return "an intent";
  return "status" in told ? (told.status === "committed" ? "done" : told.status) : undefined;
}
