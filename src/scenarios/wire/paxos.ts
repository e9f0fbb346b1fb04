import type { PeerMessage } from "../../models/paxos/messages.ts";
import { several, value } from "./label.ts";

export function paxos(body: PeerMessage): string | undefined {
  switch (body.type) {
    case "prepare":
      return `prepare ${body.ballot}`;
    case "promise":
      return `promise ${body.ballot}${body.accepted === null ? "" : `, had ${value(body.accepted.proposal.value)}`}`;
    case "accept":
      return `accept ${body.ballot} ${value(body.proposal.value)}`;
    case "accepted":
      return `accepted ${body.ballot}`;
    case "refused":
      return `no: promised ${body.promised}`;
    case "learn":
      return `chosen: ${several(body.decrees.map(({ proposal }) => value(proposal.value)))}`;
    case "learned":
      return undefined;
  }
}
