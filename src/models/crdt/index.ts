import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { CrdtClient } from "./client.ts";
import { crdtInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { CrdtReplica } from "./replica.ts";
import { OPTIONS, reject, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** Replicated counters, sets and registers that need no coordination: every node takes changes, and copies are joined. */
export const crdt: Model = {
  name: "crdt",
  title: "Conflict-free replicated data types",
  source:
    "Shapiro, Preguiça, Baquero & Zawirski, A comprehensive study of Convergent and Commutative Replicated Data Types, INRIA " +
    "RR-7506, 2011, §3; OR-Set: Bieniusa et al., INRIA RR-8083, 2012; deltas: Almeida, Shoker & Baquero, JPDC 2018",
  workloads: ["set", "cart", "g-counter", "pn-counter", "lww-register", "mv-register"],
  options: OPTIONS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new CrdtReplica(env, settingsOf(config, bug)),
  client: (env) => new CrdtClient(env),
  holds,
  breaks,
  invariants: crdtInvariants,
  reject,
};
