import type { NodeId } from "../../core/operation.ts";
import type { HostedSession } from "./client-host.ts";

interface Pause {
  readonly nodes: readonly NodeId[];
  readonly ends: (() => void)[];
}

/** Who of a run's clients stands still. A thread that opens its next session in the middle of a pause does, too. */
export class ClientPauses {
  readonly #open = new Map<HostedSession, NodeId>();
  readonly #inForce = new Set<Pause>();

  /** A session begins at this node. */
  opened(session: HostedSession, node: NodeId): void {
    this.#open.set(session, node);
    for (const { nodes, ends } of this.#inForce) if (nodes.includes(node)) ends.push(session.pause());
  }

  closed(session: HostedSession): void {
    this.#open.delete(session);
  }

  /** The clients at these nodes stand still; gives the end of that. */
  begin(nodes: readonly NodeId[]): () => void {
    const struck = [...this.#open].filter(([, node]) => nodes.includes(node));
    const pause: Pause = { nodes, ends: struck.map(([session]) => session.pause()) };
    this.#inForce.add(pause);
    return () => {
      this.#inForce.delete(pause);
      for (const end of pause.ends) end();
    };
  }
}
