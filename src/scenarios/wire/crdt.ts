import type { PeerMessage } from "../../models/crdt/messages.ts";
import { type Objects, valueShown } from "../../models/crdt/objects.ts";
import { assigned, several } from "./label.ts";

/** What the sender shows of each object, though what it sends tells more. */
export const crdt = (body: PeerMessage): string | undefined =>
  body.type === "ack" ? undefined : objects(body.objects);

const objects = (all: Objects): string => several(all.map(([key, object]) => assigned(key, valueShown(object))));
