import type { PeerMessage } from "../../models/causal/messages.ts";
import { assigned, several } from "./label.ts";

export const causal = (body: PeerMessage): string | undefined =>
  body.type === "writes" ? several(body.writes.map(({ key, value }) => assigned(key, value))) : undefined;
