import type { Hands, Skew } from "../shared/real/wall-clock.ts";
import { CLOCK_FOLDER } from "./images.ts";
import type { Tools } from "./tools.ts";

/** Where the library lies in a node's containers. */
export const LIBRARY = `${CLOCK_FOLDER}/libfaketimeMT.so.1`;

/**
 * What a service needs in its environment to see the clock of the file `offset`. The settings are those of the process
 * runtime (`process/faketime.ts`), where each is explained.
 */
export const CLOCK_ENVIRONMENT: Readonly<Record<string, string>> = {
  FAKETIME_TIMESTAMP_FILE: `${CLOCK_FOLDER}/offset`,
  FAKETIME_NO_CACHE: "1",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
  FAKETIME_DISABLE_SHM: "1",
  NO_FAKE_STAT: "1",
};

/** A drift is made of steps of so long: the library's own rates disturb timers, too. Milliseconds. */
const STEP_MS = 20;

/** Sets a node's wall clock by the file that libfaketime reads in it, written by the tools beside it. */
export class OffsetFile implements Hands {
  readonly stepMs = STEP_MS;
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  async set({ offsetMs }: Skew): Promise<void> {
    const seconds = `${offsetMs < 0 ? "-" : "+"}${(Math.abs(offsetMs) / 1000).toFixed(6)}`;
    // Replaced as a whole: the service may read at any moment.
    await this.#tools.run(`cd ${CLOCK_FOLDER} && echo ${seconds} > offset.next && mv offset.next offset`);
  }
}
