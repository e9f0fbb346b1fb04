import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { defaultConfig, type ModelConfig } from "../../../src/core/model.ts";
import type { Invocation, NodeId, Outcome } from "../../../src/core/operation.ts";
import type { Env, Message, Replica } from "../../../src/core/replica.ts";
import { crdt } from "../../../src/models/crdt/index.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

const NODES: readonly NodeId[] = ["n1", "n2", "n3"];

interface Flight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

type Mishap = "gossip" | "deliver" | "twice" | "lose" | "restart";

/** Replicas whose messages a test delivers as it likes. Their disks are never torn. */
class Lab {
  readonly #config: ModelConfig;
  readonly #replicas = new Map<NodeId, Replica>();
  readonly #disks = new Map(NODES.map((node) => [node, new SimDisk(true, () => undefined)]));
  flights: Flight[] = [];
  #answer: Outcome | undefined;
  /** Whom the next gossip goes to. */
  #toPeer = 0;

  constructor(config: ModelConfig) {
    this.#config = config;
    for (const node of NODES) this.restart(node);
  }

  restart(id: NodeId): void {
    const env: Env = {
      id,
      nodes: NODES,
      peers: NODES.filter((node) => node !== id),
      wallMs: () => 0,
      monoMs: () => 0,
      random: () => (this.#toPeer % 2) / 2,
      send: (to, message) => this.flights.push({ from: id, to, message }),
      setTimer: () => undefined,
      clearTimer: () => undefined,
      disk: this.#disks.get(id) as SimDisk,
      reply: (_, { outcome }) => {
        this.#answer = outcome;
      },
      trace: () => undefined,
    };
    this.#replicas.set(id, crdt.start(env, this.#config));
  }

  ask(node: NodeId, op: Invocation): Outcome | undefined {
    this.#answer = undefined;
    this.#replicas.get(node)?.onRequest({ id: 1, client: "c1", op, context: null });
    return this.#answer;
  }

  read(node: NodeId, key: string): Json | undefined {
    const outcome = this.ask(node, { f: "read", key, input: null });
    return outcome?.type === "ok" ? outcome.value : undefined;
  }

  gossip(node: NodeId, peer: number): void {
    this.#toPeer = peer;
    this.#replicas.get(node)?.onTimer("gossip");
  }

  #deliver(at: number, keep = false): void {
    const [flight] = keep ? this.flights.slice(at, at + 1) : this.flights.splice(at, 1);
    if (flight !== undefined) this.#replicas.get(flight.to)?.onMessage(flight.from, flight.message);
  }

  /** What befalls a node, or one of the messages that are under way. */
  suffer(what: Mishap, node: NodeId, pick: number): void {
    const flight = pick % Math.max(1, this.flights.length);
    if (what === "restart") this.restart(node);
    else if (what === "lose") this.flights.splice(flight, 1);
    else if (what === "gossip") this.gossip(node, pick);
    else this.#deliver(flight, what === "twice");
  }

  /** All are well again: each tells both others, as often as it takes. */
  heal(): void {
    this.flights = [];
    for (let round = 0; round < 8; round++) {
      for (const node of NODES) this.gossip(node, round);
      while (this.flights.length > 0) this.#deliver(0);
    }
  }
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom<("change" | Mishap)[]>(
      ...(["change", "change", "change", "change", "gossip", "gossip", "gossip", "gossip"] as const),
      ...(["deliver", "deliver", "deliver", "twice", "lose", "lose", "restart"] as const),
    ),
    node: fc.constantFrom(...NODES),
    pick: fc.nat({ max: 100 }),
  }),
  { minLength: 30, maxLength: 60 },
);

describe.each(["state", "delta"])("nodes that send each other %s", (propagation) => {
  it("come to show every change once, whatever befell them and their messages", () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const lab = new Lab({ ...defaultConfig(crdt), propagation });
        const added: number[] = [];
        let count = 0;
        for (const [i, { what, node, pick }] of taken.entries()) {
          if (what === "change" && pick % 2 === 0) {
            lab.ask(node, { f: "add", key: "set", input: i });
            added.push(i);
          } else if (what === "change") {
            lab.ask(node, { f: "increment", key: "counter", input: 1 + (pick % 5) });
            count += 1 + (pick % 5);
          } else lab.suffer(what, node, pick);
        }
        lab.heal();
        for (const node of NODES) {
          expect(new Set((lab.read(node, "set") ?? []) as number[])).toEqual(new Set(added));
          expect(lab.read(node, "counter") ?? 0).toBe(count);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("show nothing before its causes, though these are of another object (Almeida et al. 2018, Definition 6)", () => {
    let copied = 0;
    fc.assert(
      fc.property(steps, (taken) => {
        const lab = new Lab({ ...defaultConfig(crdt), propagation });
        const elements = (node: NodeId, key: string): readonly Json[] => (lab.read(node, key) ?? []) as readonly Json[];
        for (const [i, { what, node, pick }] of taken.entries()) {
          // What is in `copies` was seen in `originals`, often on another node than that which put it there.
          const seen = elements(node, "originals");
          const element = seen[(pick >> 1) % Math.max(1, seen.length)];
          if (what !== "change") lab.suffer(what, node, pick);
          else if (pick % 2 === 0 || element === undefined) lab.ask(node, { f: "add", key: "originals", input: i });
          else lab.ask(node, { f: "add", key: "copies", input: element });
          for (const one of NODES) {
            const copies = elements(one, "copies");
            const originals = elements(one, "originals");
            expect(copies.filter((copy) => !originals.includes(copy))).toEqual([]);
            copied += copies.length;
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(copied).toBeGreaterThan(100);
  });
});

describe("what a node cannot do", () => {
  it.each<[string, Invocation, string]>([
    ["a function of no type", { f: "append", key: "k", input: 1 }, "there is no data type with append"],
    ["a change of another type", { f: "add", key: "counter", input: 1 }, "counter is a pn-counter, which has no add"],
    [
      "a change that the type has not",
      { f: "increment", key: "k", input: "x" },
      'a pn-counter has no increment of "x"',
    ],
  ])("%s", (_, op, text) => {
    const lab = new Lab(defaultConfig(crdt));
    lab.ask("n1", { f: "increment", key: "counter", input: 1 });
    expect(lab.ask("n1", op)).toEqual({ type: "fail", error: { name: "not-supported", text } });
    expect(lab.read("n1", "k")).toBeNull();
  });
});
