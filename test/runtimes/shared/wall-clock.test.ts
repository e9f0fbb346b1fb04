import { describe, expect, it } from "vitest";
import { type Hands, type Skew, WallClock } from "../../../src/runtimes/shared/real/wall-clock.ts";

/** Hands that need so long for every change. */
class SlowHands implements Hands {
  readonly stepMs = 1;
  readonly shown: Skew[] = [];
  atOnce = 0;
  mostAtOnce = 0;
  readonly #takesMs: number;

  constructor(takesMs: number) {
    this.#takesMs = takesMs;
  }

  async set(skew: Skew): Promise<void> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    await new Promise((resolve) => setTimeout(resolve, this.#takesMs));
    this.atOnce--;
    this.shown.push(skew);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a wall clock whose hands are slower than it changes", () => {
  it("shows one change at a time, and is right as soon as a fault has begun or ended", async () => {
    const hands = new SlowHands(20);
    const clock = new WallClock(hands);
    const faults = Array.from({ length: 5 }, () =>
      clock.skew({ kind: "clock", nodes: ["n1"], mode: "strobe", offsetMs: 1000, periodMs: 1 }),
    );
    const heals = await Promise.all([...faults, clock.skew({ kind: "clock", nodes: ["n1"], mode: "drift", rate: 2 })]);
    await pause(300);
    const jump = await clock.skew({ kind: "clock", nodes: ["n1"], mode: "jump", offsetMs: 1e9 });
    expect(hands.shown.at(-1)?.offsetMs).toBeGreaterThanOrEqual(1e9);
    await jump();
    expect(hands.shown.at(-1)?.offsetMs).toBeLessThan(1e9);

    const before = hands.shown.length;
    await Promise.all(heals.map((heal) => heal()));
    expect(hands.shown.at(-1)).toEqual({ offsetMs: 0, rate: 1 });
    // One that was under way, and one for all heals at once.
    expect(hands.shown.length - before).toBeLessThanOrEqual(2);
    await pause(60);
    expect(hands.shown.length - before).toBeLessThanOrEqual(2);
    expect(hands.mostAtOnce).toBe(1);
  });

  it("goes on after a change that could not be shown, and says so to whom asked for it", async () => {
    const shown: Skew[] = [];
    let broken = true;
    const clock = new WallClock({
      set: async (skew) => {
        if (broken) throw new Error("no hands");
        shown.push(skew);
      },
    });
    const jump = () => clock.skew({ kind: "clock", nodes: ["n1"], mode: "jump", offsetMs: 7 });
    await expect(jump()).rejects.toThrow("no hands");
    broken = false;
    await jump();
    expect(shown).toEqual([{ offsetMs: 14, rate: 1 }]);
  });
});
