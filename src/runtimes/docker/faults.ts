import type { DirectedLinks, Fault, LinkQuality } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import { type FaultyLink, LinkFaults } from "../shared/links.ts";
import type { WallClock } from "../shared/real/wall-clock.ts";
import { DATA_FOLDER } from "./agent.ts";
import { shape } from "./netem.ts";
import type { Addresses, PacketFilter } from "./packet-filter.ts";
import type { Pod } from "./pod.ts";
import { type CutLink, proveClock, proveKill, provePartition, provePause } from "./proofs.ts";

/** A node with all that can be broken about it. */
export interface FaultyNode {
  readonly pod: Pod;
  readonly filter: PacketFilter;
  readonly addresses: Addresses;
  /** Its own ports, those that clients use. */
  readonly clientPorts: readonly number[];
  /** Absent where its clock cannot be bent. */
  readonly clock?: WallClock | undefined;
  /** By how much its clock was ahead of the harness's before any fault. */
  readonly clockBaselineMs: number;
  /** Asks the node for its own clock, milliseconds since the epoch. */
  look(): Promise<number>;
  /** Makes its syncs slower, where it can be told to; resolves with the end of that. */
  stall?(stallMs: number): Promise<() => Promise<void>>;
}

/** A fault that has begun. */
export interface Begun {
  end(): Promise<void>;
  /** Measures that it is in force; rejects with the reason if it is not. */
  prove(): Promise<string>;
}

/** Breaks a cluster of containers. Faults stack, and end in any order. */
export class Faults {
  readonly #nodes: ReadonlyMap<NodeId, FaultyNode>;
  readonly #links: LinkFaults<FaultyLink>;
  readonly #allLinks: readonly FaultyLink[];
  /** How many partitions cut a node off from clients. */
  readonly #cutFromClients = new Map<NodeId, number>();

  constructor(nodes: readonly FaultyNode[]) {
    this.#nodes = new Map(nodes.map((node) => [node.pod.id, node]));
    const ids = [...this.#nodes.keys()];
    this.#allLinks = ids.flatMap((src) =>
      ids.filter((dest) => dest !== src).map((dest): FaultyLink => ({ src, dest, cuts: 0, quality: {} })),
    );
    this.#links = new LinkFaults(this.#allLinks, {});
  }

  async begin(fault: Fault): Promise<Begun> {
    switch (fault.kind) {
      case "partition":
        return this.#partition(fault.drops, fault.clients ?? []);
      case "link":
        return this.#degrade(fault.links, fault.quality);
      case "pause":
        return this.#onEach(fault.nodes, ({ pod }) => pause(pod));
      case "kill":
        return this.#onEach(fault.nodes, ({ pod }) => kill(pod));
      case "clock":
        return this.#onEach(fault.nodes, async (node) => ({
          end: node.clock ? await node.clock.skew(fault) : async () => undefined,
          prove: () => proveSkew(node),
        }));
      case "client-pause":
        throw new Error("client-pause: clients of containers cannot be held up");
      case "disk":
        return this.#onEach(fault.nodes, (node) => ("full" in fault ? fill(node) : stall(node, fault.stallMs)));
    }
  }

  /** Sets a node's filters as the faults in force want them. */
  async #apply(node: NodeId): Promise<void> {
    const { filter, clientPorts } = this.#node(node);
    const peers = this.#allLinks.filter(({ dest, cuts }) => dest === node && cuts > 0).map(({ src }) => src);
    await filter.set({ peers, clientPorts: this.#cutFromClients.get(node) ? clientPorts : [] });
  }

  /** The node has a new network: sets its filters and the links that lead out of it. */
  async restore(node: NodeId): Promise<void> {
    await this.#apply(node);
    if (this.#allLinks.some(({ src, quality }) => src === node && Object.keys(quality).length > 0))
      await this.#shape(node);
  }

  async #partition(drops: DirectedLinks, clients: readonly NodeId[]): Promise<Begun> {
    const mend = this.#links.cut(drops);
    const count = (by: number): void => {
      for (const node of clients) this.#cutFromClients.set(node, (this.#cutFromClients.get(node) ?? 0) + by);
    };
    count(1);
    const receivers = [...new Set([...Object.keys(drops), ...clients])];
    const renew = async (): Promise<void> => {
      await Promise.all(receivers.map((node) => this.#apply(node)));
    };
    await renew();
    // What a node tells itself crosses no link.
    const cuts = Object.entries(drops).flatMap(([dest, sources]) =>
      sources.filter((src) => src !== dest).map((src): CutLink => ({ src, dest })),
    );
    return {
      end: () => {
        mend();
        count(-1);
        return renew();
      },
      prove: () =>
        provePartition(cuts, (node) => {
          const { pod, filter, addresses } = this.#node(node);
          return { tools: pod.tools, filter, addresses, connected: pod.connected };
        }),
    };
  }

  async #degrade(links: DirectedLinks | undefined, quality: LinkQuality): Promise<Begun> {
    const back = this.#links.degrade(links, quality);
    const renew = async (): Promise<void> => {
      await Promise.all([...this.#nodes.keys()].map((node) => this.#shape(node)));
    };
    await renew();
    return {
      end: () => {
        back();
        return renew();
      },
      prove: async () => {
        const [first] = this.#nodes.values();
        const shown = await first?.pod.tools.run("tc qdisc show | grep -c netem || true");
        return `traffic control has ${shown?.trim()} netem disciplines at ${first?.pod.id}`;
      },
    };
  }

  #shape(src: NodeId): Promise<void> {
    const shaped = this.#allLinks
      .filter((link) => link.src === src)
      .map(({ dest, quality }) => {
        const { v4, v6 } = this.#node(dest).addresses;
        return { addresses: [...v4, ...v6], quality };
      });
    return shape(this.#node(src).pod.tools, shaped);
  }

  async #onEach(nodes: readonly NodeId[], begin: (node: FaultyNode) => Promise<Begun>): Promise<Begun> {
    const begun = await Promise.all([...new Set(nodes)].map((id) => begin(this.#node(id))));
    return {
      end: async () => {
        await Promise.all(begun.map(({ end }) => end()));
      },
      prove: async () => (await Promise.all(begun.map(({ prove }) => prove()))).join("; "),
    };
  }

  #node(id: NodeId): FaultyNode {
    const node = this.#nodes.get(id);
    if (!node) throw new Error(`there is no node "${id}"`);
    return node;
  }
}

const pause = async (pod: Pod): Promise<Begun> => ({ end: await pod.pause(), prove: () => provePause(pod) });
const kill = async (pod: Pod): Promise<Begun> => ({ end: await pod.kill(), prove: () => proveKill(pod) });

/** One that is dead or frozen shows no clock; it will see the new one when it is back. */
async function proveSkew(node: FaultyNode): Promise<string> {
  const { pod, clock, clockBaselineMs, look } = node;
  if (!pod.runs) return `${pod.id} does not run, and will find its clock changed`;
  try {
    return await proveClock({
      node: pod.id,
      look,
      baselineMs: clockBaselineMs,
      expectedMs: () => clock?.now().offsetMs ?? 0,
    });
  } catch (error) {
    if (!pod.runs) return `${pod.id} ran no more before it could be asked`;
    throw error;
  }
}

/** How full a volume is after a fault has filled it, in the words of `df`. */
const AVAILABLE = `for d in ${DATA_FOLDER}/*; do df --output=avail -k $d | tail -n 1; done`;

async function fill({ pod }: FaultyNode): Promise<Begun> {
  const { tools } = pod;
  await tools.run(
    `for d in ${DATA_FOLDER}/*; do dd if=/dev/zero of=$d/.splitbrain-full bs=64k 2>/dev/null; dd if=/dev/zero of=$d/.splitbrain-full bs=1 count=65536 oflag=append conv=notrunc 2>/dev/null; done; true`,
  );
  return {
    end: async () => {
      await tools.run(`rm -f ${DATA_FOLDER}/*/.splitbrain-full`);
      await pod.revive();
    },
    prove: async () => {
      const free = (await tools.run(AVAILABLE)).trim().split(/\s+/).map(Number);
      if (free.some((kb) => kb > 0)) throw new Error(`${pod.id}'s disk is not full: ${free.join(", ")} KiB are left`);
      return `${pod.id} has 0 KiB of disk left`;
    },
  };
}

async function stall({ pod, stall: slow }: FaultyNode, stallMs: number): Promise<Begun> {
  if (!slow) throw new Error("disk: only bundled nodes can be made slow; give a fault that fills the disk");
  return { end: await slow(stallMs), prove: async () => `${pod.id} was told to sync ${stallMs} ms slower` };
}
