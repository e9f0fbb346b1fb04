import { afterEach, beforeEach, describe, expect } from "vitest";
import type { Cluster, MessageEvent } from "../../src/core/cluster.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { msToNs } from "../../src/core/time.ts";
import { docker, Lab, PATIENCE_MS, processes, sim, type World } from "./worlds.ts";

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

  async stop(): Promise<void> {
    await this.#lab?.cluster.stop();
    this.#lab = undefined;
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

  /**
   * Sends a note and waits until it has arrived. Over a real network it is sent again and again: what is sent while a
   * connection is being made again is lost.
   */
  async passes(from: string, to: string, note: Json): Promise<void> {
    const arrives = async (patienceMs: number): Promise<boolean> => {
      const endNs = this.cluster.nowNs() + msToNs(patienceMs);
      do {
        if ((await this.lab.inbox(to)).includes(note)) return true;
        await this.lab.sleep(20);
      } while (this.cluster.nowNs() < endNs);
      return false;
    };
    const attempts = this.world.network === "tcp" ? 30 : 1;
    for (let attempt = 0; attempt < attempts; attempt++) {
      await this.lab.ask(from, "send", to, note);
      if (await arrives(PATIENCE_MS / attempts)) return;
    }
    expect.fail(`${JSON.stringify(note)} never came from ${from} to ${to}`);
  }

  /**
   * What a node got from its peers. `lost` names what must not have come where the harness is the network; a real one
   * keeps it in its buffers and may deliver it once the link is mended. Notes that were sent again count once.
   */
  async inbox(node: string, lost: readonly Json[] = []): Promise<Json[]> {
    const notes = await this.lab.inbox(node);
    return this.world.network === "tcp" ? [...new Set(notes)].filter((note) => !lost.includes(note)) : notes;
  }
}

/** The same tests on every runtime. */
export function onAll(circumstances: string, tests: (bed: Bed) => void): void {
  describe.each([sim, processes, docker])(`a cluster in $name, ${circumstances}`, (world) => {
    const bed = new Bed(world);
    beforeEach(({ skip }) => (world.missing === undefined ? bed.start() : skip(world.missing)));
    afterEach(() => bed.stop());
    tests(bed);
  });
}
