import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { CausalClient } from "./client.ts";
import { breaks, holds } from "./promises.ts";
import { CausalReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** A causally consistent store: every node takes reads and writes by itself, and shows nothing before its causes. */
export const causalStore: Model = {
  name: "causal",
  title: "Causal store (COPS-like)",
  source:
    "Lloyd, Freedman, Kaminsky & Andersen, Don't Settle for Eventual (COPS), SOSP 2011, §3-4; dependencies as version " +
    "vectors: Ladin, Liskov, Shrira & Ghemawat, Providing High Availability Using Lazy Replication, TOCS 1992, §3",
  workloads: ["sessions"],
  options: OPTIONS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new CausalReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => new CausalClient(env, settingsOf(config, bug)),
  holds,
  breaks,
};
