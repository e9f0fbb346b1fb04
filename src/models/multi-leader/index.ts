import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { MultiLeaderClient } from "./client.ts";
import { multiLeaderInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { MultiLeaderReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** Multi-leader replication: every node takes writes by itself, and conflicts are settled afterwards. */
export const multiLeader: Model = {
  name: "multi-leader",
  title: "Multi-leader replication",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), ch. 5, 'Multi-Leader Replication'; merging of copies: Shapiro, " +
    "Preguiça, Baquero & Zawirski, Conflict-free Replicated Data Types (SSS 2011), §2",
  workloads: ["sessions", "set"],
  options: OPTIONS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new MultiLeaderReplica(env, settingsOf(config, bug)),
  client: (env) => new MultiLeaderClient(env),
  holds,
  breaks,
  invariants: multiLeaderInvariants,
  reject: (_config, nodes) =>
    nodes < 2 ? "one leader alone has nobody to disagree with: give at least 2 nodes, better 3" : undefined,
};
