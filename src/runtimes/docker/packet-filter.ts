import type { NodeId } from "../../core/operation.ts";
import { CHAIN } from "./agent.ts";
import type { Tools } from "./tools.ts";

/** Addresses of a node in the networks that it shares with its peers. */
export interface Addresses {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** What a node is not to hear. */
export interface Deafness {
  /** Peers whose packets are dropped. */
  readonly peers: readonly NodeId[];
  /** Everyone but the peers is dropped, on these ports. */
  readonly clientPorts: readonly number[];
}

/** The packet filter in a node's network: what comes in from a peer is dropped, or not. Nothing else is touched. */
export class PacketFilter {
  readonly #tools: Tools;
  readonly #addresses: ReadonlyMap<NodeId, Addresses>;
  /** Something was set at some time, so there may be rules to take back. */
  #used = false;

  /** @param addresses of all nodes. */
  constructor(tools: Tools, addresses: ReadonlyMap<NodeId, Addresses>) {
    this.#tools = tools;
    this.#addresses = addresses;
  }

  /** Makes the node deaf to these and to nobody else, at one stroke. */
  async set(deafness: Deafness): Promise<void> {
    if (deafness.peers.length + deafness.clientPorts.length === 0 && !this.#used) return;
    this.#used = true;
    const families = [
      { filter: "filter", rules: this.#rules(deafness, "v4") },
      ...(this.#hasV6() ? [{ filter: "filter6", rules: this.#rules(deafness, "v6") }] : []),
    ];
    for (const { filter, rules } of families) {
      const lines = ["*filter", `:${CHAIN} - [0:0]`, ...rules.map((rule) => `-A ${CHAIN} ${rule}`), "COMMIT", ""];
      const hook = `$${filter} -w -C INPUT -j ${CHAIN} 2>/dev/null || $${filter} -w -I INPUT 1 -j ${CHAIN}`;
      await this.#tools.run(
        `[ -n "$${filter}" ] || { echo "this kernel filters no packets"; exit 1; }; printf '${lines.join("\\n")}' | $${filter}-restore -w --noflush && { ${hook}; }`,
      );
    }
  }

  /** How many packets of each peer were dropped since the rules were set; none if they are not (yet) in force. */
  async dropped(): Promise<ReadonlyMap<NodeId, number>> {
    const listings = ["filter", ...(this.#hasV6() ? ["filter6"] : [])].map(
      (filter) => `[ -z "$${filter}" ] || $${filter} -w -nvxL ${CHAIN} || true`,
    );
    const counted = await this.#tools.run(listings.join("; "));
    return countDrops(counted, this.#addresses);
  }

  #hasV6(): boolean {
    return [...this.#addresses.values()].some(({ v6 }) => v6.length > 0);
  }

  #rules({ peers, clientPorts }: Deafness, family: "v4" | "v6"): string[] {
    const all = [...this.#addresses.values()].flatMap((addresses) => addresses[family]);
    const sources = peers.flatMap((peer) => this.#addresses.get(peer)?.[family] ?? []);
    const drops = sources.map((source) => `-s ${source} -j DROP`);
    if (clientPorts.length === 0) return drops;
    // Peers are let in before all others are dropped; what a node tells itself never is.
    return [
      ...drops,
      "-i lo -j RETURN",
      ...all.map((source) => `-s ${source} -j RETURN`),
      ...clientPorts.map((port) => `-p tcp --dport ${port} -j DROP`),
    ];
  }
}

/** Reads the counters of a listing (`-nvxL`): packets, bytes, target, …, source, destination. */
export function countDrops(listing: string, addresses: ReadonlyMap<NodeId, Addresses>): ReadonlyMap<NodeId, number> {
  const owner = new Map<string, NodeId>();
  for (const [node, { v4, v6 }] of addresses) for (const address of [...v4, ...v6]) owner.set(address, node);
  const dropped = new Map<NodeId, number>();
  for (const line of listing.split("\n")) {
    const fields = line.trim().split(/\s+/);
    const packets = Number(fields[0]);
    if (fields[2] !== "DROP" || !Number.isInteger(packets)) continue;
    const node = fields.map((field) => owner.get(field.replace(/\/(32|128)$/, ""))).find((name) => name !== undefined);
    if (node !== undefined) dropped.set(node, (dropped.get(node) ?? 0) + packets);
  }
  return dropped;
}
