import type { JsonObject } from "../../core/json.ts";
import { causal } from "./causal.ts";
import { cockroach } from "./cockroach.ts";
import { crdt } from "./crdt.ts";
import { answered, asked, type ClientLabels } from "./label.ts";
import { leaderless } from "./leaderless.ts";
import { lockService, locksLog } from "./lock-service.ts";
import { multiLeader } from "./multi-leader.ts";
import { paxos } from "./paxos.ts";
import { raft } from "./raft.ts";
import { redlock } from "./redlock.ts";
import { singleLeader } from "./single-leader.ts";

type Label = (body: JsonObject) => string | undefined;

/** Messages of a model's own are what its replicas made them. */
const of = <Body>(label: (body: Body) => string | undefined): Label => label as unknown as Label;

/**
 * What the messages of each model's nodes say in a diagram, in few cells; `undefined` for those of no interest, such as
 * heartbeats. A model that is not here shows the types of its messages.
 */
const LABELS: Readonly<Record<string, Label>> = {
  raft: of(raft),
  paxos: of(paxos),
  "single-leader": of(singleLeader),
  "multi-leader": of(multiLeader),
  leaderless: of(leaderless),
  causal: of(causal),
  cockroach: of(cockroach),
  crdt: of(crdt),
};

/** Of models whose clients have a protocol of their own. */
const CLIENT_LABELS: Readonly<Record<string, ClientLabels>> = { redlock, "lock-service": lockService };

export const clientLabelsOf = (model: string): ClientLabels => CLIENT_LABELS[model] ?? { asked, answered };

const RAFT: ReadonlySet<string> = new Set(["append-entries", "appended", "request-vote", "vote", "install-snapshot"]);

/** Of a message that groups of replicas send in their envelopes (`models/shared/group.ts`) what is in it, and whose it is. */
export function labelsOf(model: string): Label {
  const own = LABELS[model] ?? (({ type }) => String(type));
  return (body) => {
    if (body.type !== "group") return own(body);
    const inner = body.message as JsonObject & { readonly type: string };
    if (model === "lock-service") return of(locksLog)(inner);
    const said = RAFT.has(inner.type) ? of(raft)(inner) : inner.type;
    return said === undefined ? undefined : `${body.group}: ${said}`;
  };
}
