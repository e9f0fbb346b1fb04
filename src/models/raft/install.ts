import type { NodeId } from "../../core/operation.ts";
import { commitTo } from "./commit.ts";
import type { InstallSnapshot } from "./messages.ts";
import { followSender } from "./replication.ts";
import { restoreSnapshot, snapshotFromJson } from "./snapshot.ts";
import { logChanged, type NodeState } from "./state.ts";

/**
 * The receiver's part of InstallSnapshot (Figure 13). A log that has the snapshot's last entry has all that it covers and
 * only learns that this is committed; any other log goes, and with it the state machine, unless the snapshot is older than
 * these: messages come late and twice.
 */
export function onInstallSnapshot(s: NodeState, from: NodeId, message: InstallSnapshot): void {
  const echo = followSender(s, from, message);
  if (!echo) return;
  const snapshot = snapshotFromJson(message.snapshot);
  const { index, term } = snapshot;
  if (index > s.commitIndex) {
    if (s.log.termAt(index) === term) commitTo(s, index);
    else {
      restoreSnapshot(s, snapshot);
      logChanged(s);
      s.store = s.makeStore(snapshot.store);
      s.commitIndex = index;
    }
  }
  s.env.send(from, { type: "appended", term: s.term, ...echo, success: true, matchIndex: index });
}
