import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { EditorClient } from "./client.ts";
import { otInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { OtReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/**
 * Operational transformation with a central server: users see their edits at once, and the server puts the edits of all into
 * one order. As in Google Wave the server keeps nothing for each site, where Jupiter keeps a grid of states: a message names the
 * revision that its edits are on top of, and holds all from the first that the site has not got back. With that and its own
 * order the server finds the site's way by itself, whatever was lost, came twice or late, or was sent before a crash. So,
 * other than in Wave, a site need not wait before it sends more.
 */
export const operationalTransformation: Model = {
  name: "operational-transformation",
  title: "Operational transformation",
  source:
    "Nichols, Curtis, Dixon & Lamping, High-Latency, Low-Bandwidth Windowing in the Jupiter Collaboration System, UIST 1995, §6; " +
    "Wang, Mah & Lassen, Google Wave Operational Transformation, 2010; transformations and TP1: Ellis & Gibbs, Concurrency " +
    "Control in Groupware Systems, SIGMOD 1989; Ressel, Nitsche-Ruhland & Gunzenhäuser, CSCW 1996",
  workloads: ["text"],
  options: OPTIONS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new OtReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => new EditorClient(env, settingsOf(config, bug)),
  holds,
  breaks,
  invariants: otInvariants,
  reject: (_config, nodes) =>
    nodes < 2
      ? "operational transformation needs a site beside the server: give at least 2 nodes, better 3"
      : undefined,
};
