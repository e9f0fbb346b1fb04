import { describe, expect, it } from "vitest";
import { NodeTimers } from "../../../src/runtimes/shared/node/node-timers.ts";
import { comesTrue } from "../process/support.ts";

/** Timers of a node that is busy: what is due waits in a queue until it is let go on. */
function busyNode() {
  const queue: (() => void)[] = [];
  const fired: string[] = [];
  const timers = new NodeTimers(
    (due) => queue.push(due),
    (name) => fired.push(name),
  );
  const goOn = (): void => {
    for (const due of queue.splice(0)) due();
  };
  return { timers, queue, fired, goOn };
}

describe("a busy node's timers", () => {
  it("fire once, when the node comes to it", async () => {
    const { timers, queue, fired, goOn } = busyNode();
    timers.set("a", 1);
    expect(await comesTrue(() => queue.length === 1)).toBe(true);
    expect(fired).toEqual([]);
    goOn();
    goOn();
    expect(fired).toEqual(["a"]);
  });

  it("do not fire if they were cleared or set anew while they waited", async () => {
    const { timers, queue, fired, goOn } = busyNode();
    timers.set("cleared", 1);
    timers.set("again", 1);
    expect(await comesTrue(() => queue.length === 2)).toBe(true);
    timers.clear("cleared");
    timers.set("again", 20);
    goOn();
    expect(fired).toEqual([]);
    expect(await comesTrue(() => queue.length === 1)).toBe(true);
    goOn();
    expect(fired).toEqual(["again"]);
  });

  it("are refused without a time", () => {
    expect(() => busyNode().timers.set("never", Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });
});
