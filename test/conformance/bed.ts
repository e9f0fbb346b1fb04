import { afterEach, beforeEach, describe } from "vitest";
import type { Cluster, MessageEvent } from "../../src/core/cluster.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { Lab, processes, sim, type World } from "./worlds.ts";

/** A fresh cluster of three for every test, and all that it tells. */
export class Bed {
  readonly world: World;
  readonly messages: MessageEvent[] = [];
  readonly traces: { readonly node: string; readonly event: string; readonly detail: JsonObject }[] = [];
  #lab: Lab | undefined;
  #failures: () => readonly unknown[] = () => [];

  constructor(world: World) {
    this.world = world;
  }

  get lab(): Lab {
    if (!this.#lab) throw new Error("no cluster was started");
    return this.#lab;
  }

  get cluster(): Cluster {
    return this.lab.cluster;
  }

  failures(): readonly unknown[] {
    return this.#failures();
  }

  async start(): Promise<void> {
    this.messages.length = 0;
    this.traces.length = 0;
    const cluster = await this.world.start({
      events: {
        onMessage: (event) => this.messages.push(event),
        onTrace: (_atNs, node, event, detail) => this.traces.push({ node, event, detail }),
      },
    });
    this.#lab = new Lab(cluster);
    this.#failures = () => cluster.failures();
  }

  /** Sends a note and waits until it has arrived. */
  async passes(from: string, to: string, note: Json): Promise<void> {
    await this.lab.ask(from, "send", to, note);
    await this.lab.until(
      () => this.lab.inbox(to),
      (inbox) => inbox.includes(note),
    );
  }
}

/** The same tests on every runtime. */
export function onBoth(circumstances: string, tests: (bed: Bed) => void): void {
  describe.each([sim, processes])(`a cluster in $name, ${circumstances}`, (world) => {
    const bed = new Bed(world);
    beforeEach(() => bed.start());
    afterEach(() => bed.cluster.stop());
    tests(bed);
  });
}
