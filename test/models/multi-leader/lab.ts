import * as fc from "fast-check";
import type { JsonObject } from "../../../src/core/json.ts";
import type { NodeId, Outcome } from "../../../src/core/operation.ts";
import type { Env, Message, Replica } from "../../../src/core/replica.ts";
import { multiLeader } from "../../../src/models/multi-leader/index.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

interface Flight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

/** Something that befalls the nodes, or a client that adds an element to a set. */
export interface Step {
  readonly what: "add" | "deliver" | "twice" | "lose" | "restart" | "timers";
  readonly node: number;
  readonly pick: number;
}

export const chaos: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom<Step["what"][]>(
      ...(["add", "add", "deliver", "deliver", "deliver", "twice", "lose", "restart", "timers"] as const),
    ),
    node: fc.nat(),
    pick: fc.nat(),
  }),
  { minLength: 20, maxLength: 60 },
);

/** Replicas whose messages a test delivers as it likes. Their disks are never torn. */
export class Lab {
  readonly nodes: readonly NodeId[];
  flights: Flight[] = [];
  readonly traces: [node: NodeId, event: string, detail: JsonObject][] = [];
  readonly #config: Record<string, string>;
  readonly #replicas = new Map<NodeId, Replica>();
  readonly #disks = new Map<NodeId, SimDisk>();
  readonly #timers = new Map<NodeId, Set<string>>();
  readonly #answers = new Map<number, Outcome>();
  #requests = 0;

  constructor(count: number, config: Record<string, string>) {
    this.#config = config;
    this.nodes = Array.from({ length: count }, (_, i) => `n${i + 1}`);
    for (const node of this.nodes) {
      this.#disks.set(node, new SimDisk(true, () => undefined));
      this.restart(node);
    }
  }

  /** Messages that are under way stay so. */
  restart(id: NodeId): void {
    const timers = new Set<string>();
    this.#timers.set(id, timers);
    const env: Env = {
      id,
      nodes: this.nodes,
      peers: this.nodes.filter((node) => node !== id),
      wallMs: () => 0,
      monoMs: () => 0,
      random: () => 0,
      send: (to, message) => void this.flights.push({ from: id, to, message }),
      setTimer: (name) => void timers.add(name),
      clearTimer: (name) => void timers.delete(name),
      disk: this.#disks.get(id) as SimDisk,
      reply: ({ id: request }, { outcome }) => void this.#answers.set(request, outcome),
      trace: (event, detail) => void this.traces.push([id, event, detail]),
    };
    this.#replicas.set(id, multiLeader.start(env, this.#config));
  }

  /** Asks a node for something; the number of the request. */
  request(node: NodeId, f: string, key: string, input: number | null): number {
    const id = ++this.#requests;
    this.#replicas.get(node)?.onRequest({ id, client: "c1", op: { f, key, input }, context: { shown: {} } });
    return id;
  }

  /** `undefined` if there is none yet. */
  answerTo(request: number): Outcome | undefined {
    return this.#answers.get(request);
  }

  /** The answer that comes at once. */
  ask(node: NodeId, f: string, key: string, input: number | null): Outcome | undefined {
    return this.answerTo(this.request(node, f, key, input));
  }

  /** The elements of a set on a node. */
  elements(node: NodeId, key: string): number[] {
    const read = this.ask(node, "read", key, null);
    const elements = read?.type === "ok" ? ((read.value ?? []) as number[]) : [];
    return elements.toSorted((a, b) => a - b);
  }

  /** Does what a step says; `add` is called with the node where a client adds. */
  take({ what, node: at, pick }: Step, add: (node: NodeId) => void): void {
    const node = this.nodes[at % this.nodes.length] as NodeId;
    const flight = pick % Math.max(1, this.flights.length);
    if (what === "add") add(node);
    else if (what === "lose") this.flights.splice(flight, 1);
    else if (what === "restart") this.restart(node);
    else if (what === "timers") this.fireTimers();
    else this.deliver(flight, what === "twice");
  }

  /** Delivers a message that is under way, and keeps it under way if it is to come twice. */
  deliver(position: number, keep = false): void {
    const [flight] = keep ? this.flights.slice(position, position + 1) : this.flights.splice(position, 1);
    if (flight) this.#replicas.get(flight.to)?.onMessage(flight.from, flight.message);
  }

  fireTimers(): void {
    for (const node of this.nodes) {
      const timers = this.#timers.get(node) ?? new Set();
      for (const name of [...timers]) {
        timers.delete(name);
        this.#replicas.get(node)?.onTimer(name);
      }
    }
  }

  /** All links work for long enough. */
  heal(): void {
    for (let round = 0; round < 2 * this.nodes.length + 2; round++) {
      this.fireTimers();
      for (let left = 2_000; this.flights.length > 0 && left > 0; left--) this.deliver(0);
    }
  }
}
