import { describe, expect, test } from "vitest";
import { msToNs } from "../../../src/core/time.ts";
import { BATCH } from "../../../src/models/single-leader/settings.ts";
import { Lab, ok, read, withLab, write } from "./lab.ts";

const timeout = { type: "info", error: { name: "timeout" } };

describe("replication (Kleppmann, ch. 5, 'Synchronous Versus Asynchronous Replication')", () => {
  test("async: a write is acknowledged while every follower is cut off, and reaches them later", () =>
    withLab(new Lab("async"), async (lab) => {
      const heal = await lab.isolate("n1");
      expect(await lab.ask("n2", write("a"))).toEqual(ok(null));
      await lab.sleep(500);
      expect(await lab.copies()).toEqual(["a", null, null]);
      await heal();
      await lab.sleep(200);
      expect(await lab.copies()).toEqual(["a", "a", "a"]);
    }));

  test("semi-sync: one follower is enough, none is not", () =>
    withLab(new Lab("semi-sync"), async (lab) => {
      const heal = await lab.isolate("n3");
      expect(await lab.ask("n1", write("a"))).toEqual(ok(null));
      const healToo = await lab.isolate("n2");
      expect(await lab.ask("n1", write("b"))).toMatchObject(timeout);
      expect(await lab.ask("n1", read())).toEqual(ok("a"));
      await heal();
      await healToo();
      await lab.sleep(200);
      expect(await lab.ask("n1", read())).toEqual(ok("b"));
    }));

  test("sync: one follower away stops writes; the leader goes on answering reads", () =>
    withLab(new Lab("sync"), async (lab) => {
      expect(await lab.ask("n1", write("a"))).toEqual(ok(null));
      const restart = await lab.kill("n3");
      expect(await lab.ask("n1", write("b"))).toMatchObject(timeout);
      expect(await lab.ask("n1", read())).toEqual(ok("a"));
      await restart();
      await lab.sleep(200);
      expect(await lab.copies()).toEqual(["b", "b", "b"]);
    }));

  test("a follower that missed more than one message holds catches up in order", () =>
    withLab(new Lab("async"), async (lab) => {
      const heal = await lab.isolate("n2");
      const session = lab.session("n1");
      const items = Array.from({ length: 2 * BATCH + 7 }, (_, i) => i);
      for (const input of items) await session.invoke({ f: "append", key: "l", input }, msToNs(1000));
      await heal();
      await lab.sleep(300);
      expect(await lab.copies("l")).toEqual([items, items, items]);
    }));

  test("messages that are lost, doubled and overtaken leave no gap", () =>
    withLab(new Lab("async", { seed: 3 }), async (lab) => {
      const heal = await lab.cluster.inject({
        kind: "link",
        quality: { loss: 0.3, duplicate: 0.3, reorder: 0.3, delay: { kind: "uniform", minMs: 1, maxMs: 30 } },
      });
      const session = lab.session("n1");
      const items = Array.from({ length: 200 }, (_, i) => i);
      for (const input of items) await session.invoke({ f: "append", key: "l", input }, msToNs(1000));
      await heal();
      await lab.sleep(500);
      expect(await lab.copies("l")).toEqual([items, items, items]);
    }));

  test("the bug skip-lost-entry: a follower that does not mind gaps has another log, as the invariants say", () =>
    withLab(new Lab("async", { bug: "skip-lost-entry" }), async (lab) => {
      const heal = await lab.cluster.inject({ kind: "link", quality: { loss: 0.5 } });
      for (let i = 0; i < 10; i++) await lab.ask("n1", write(`${i}`));
      await heal();
      expect(lab.violations()).toEqual(["log-matching"]);
    }));

  test("what was acknowledged survives a crash of all nodes", () =>
    withLab(new Lab("async"), async (lab) => {
      expect(await lab.ask("n2", write("a"))).toEqual(ok(null));
      const restart = await lab.kill("n1", "n2", "n3");
      expect(await lab.ask("n1", read())).toMatchObject({ type: "fail" });
      await restart();
      await lab.sleep(100);
      expect(await lab.ask("n3", read())).toEqual(ok("a"));
    }));

  test("the bug ack-before-disk: it does not", () =>
    withLab(new Lab("async", { bug: "ack-before-disk" }), async (lab) => {
      expect(await lab.ask("n1", write("a"))).toEqual(ok(null));
      const restart = await lab.kill("n1");
      await restart();
      expect(await lab.ask("n1", read())).toEqual(ok(null));
    }));

  test("a compare-and-set is decided by the leader's order, and its failure is definite", () =>
    withLab(new Lab("semi-sync"), async (lab) => {
      await lab.ask("n1", write("a"));
      expect(await lab.ask("n2", { f: "cas", key: "x", input: ["a", "b"] })).toEqual(ok(null));
      expect(await lab.ask("n3", { f: "cas", key: "x", input: ["a", "c"] })).toMatchObject({
        type: "fail",
        error: { name: "precondition-failed" },
      });
      expect(await lab.ask("n1", read())).toEqual(ok("b"));
    }));
});

describe("reads from replicas (Kleppmann, ch. 5, 'Problems with Replication Lag')", () => {
  test("sticky-replica: a session reads its own node's copy, however old", () =>
    withLab(new Lab("async,sticky-replica"), async (lab) => {
      const heal = await lab.isolate("n2");
      const session = lab.session("n2");
      expect(await session.invoke(write("a"), msToNs(1000))).toEqual(ok(null));
      expect(await session.invoke(read(), msToNs(1000))).toEqual(ok(null));
      await heal();
      await lab.sleep(100);
      expect(await session.invoke(read(), msToNs(1000))).toEqual(ok("a"));
    }));

  test("sticky-replica: a compare-and-set has read the leader's copy, so the session's copy must catch up first", () =>
    withLab(new Lab("async,sticky-replica"), async (lab) => {
      await lab.ask("n1", write("a"));
      await lab.sleep(100);
      const heal = await lab.isolate("n2");
      await lab.ask("n1", write("b"));
      const session = lab.session("n2");
      expect(await session.invoke(read(), msToNs(1000))).toEqual(ok("a"));
      expect(await session.invoke({ f: "cas", key: "x", input: ["b", "c"] }, msToNs(1000))).toEqual(ok(null));
      const reading = session.invoke(read(), msToNs(5000));
      await lab.sleep(300);
      await heal();
      expect(await reading).toEqual(ok("c"));
    }));

  test("read-your-writes: whichever replica is asked waits for the session's position, or the leader answers", () =>
    withLab(new Lab("async,read-your-writes"), async (lab) => {
      const heal = await lab.isolate("n1");
      const session = lab.session("n2");
      for (const value of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
        expect(await session.invoke(write(value), msToNs(1000))).toEqual(ok(null));
        expect(await session.invoke(read(), msToNs(1000))).toEqual(ok(value));
      }
      // Other sessions have no such position.
      const others = await Promise.all(Array.from({ length: 10 }, () => lab.ask("n2", read())));
      expect(others).toContainEqual(ok(null));
      await heal();
    }));

  test("read-your-writes: a replica that is only a little behind answers once it has caught up", () =>
    withLab(new Lab("async,read-your-writes"), async (lab) => {
      const slow = await lab.cluster.inject({ kind: "link", quality: { delay: { kind: "constant", ms: 60 } } });
      await lab.sleep(300);
      const session = lab.session("n2");
      const waits: number[] = [];
      for (let i = 0; i < 12; i++) {
        await session.invoke(write(`${i}`), msToNs(1000));
        const before = lab.cluster.nowNs();
        expect(await session.invoke(read(), msToNs(1000))).toEqual(ok(`${i}`));
        waits.push(Math.round((lab.cluster.nowNs() - before) / 1e6));
      }
      // From the leader in a round trip, or from a follower when the entry is there; nobody gives up.
      expect(Math.min(...waits)).toBeLessThan(5);
      expect(Math.max(...waits)).toBeGreaterThan(50);
      expect(Math.max(...waits)).toBeLessThan(100);
      await slow();
    }));

  test("a final read is the node's own copy, whatever the options", () =>
    withLab(new Lab("async,read-your-writes"), async (lab) => {
      const heal = await lab.isolate("n3");
      await lab.ask("n1", write("a"));
      await lab.sleep(50);
      expect(await lab.copies()).toEqual(["a", "a", null]);
      await heal();
    }));
});

describe("the client", () => {
  test("finds the leader through any node, and around one that is down", () =>
    withLab(new Lab("semi-sync,fenced"), async (lab) => {
      expect(await lab.ask("n3", write("a"))).toEqual(ok(null));
      const restart = await lab.kill("n2");
      expect(await lab.ask("n2", write("b"))).toEqual(ok(null));
      expect(await lab.ask("n2", read())).toEqual(ok("b"));
      await restart();
    }));

  test("gives up with a definite failure if nobody can have done it", () =>
    withLab(new Lab("async"), async (lab) => {
      const restart = await lab.kill("n1");
      expect(await lab.ask("n2", write("a"))).toMatchObject({ type: "fail" });
      await restart();
      await lab.sleep(100);
      expect(await lab.copies()).toEqual([null, null, null]);
    }));

  test("waits out silence: a leader that is frozen may have done it", () =>
    withLab(new Lab("async"), async (lab) => {
      const thaw = await lab.cluster.inject({ kind: "pause", nodes: ["n1"] });
      expect(await lab.ask("n2", write("a"))).toMatchObject(timeout);
      await thaw();
      await lab.sleep(100);
      expect(await lab.copies()).toEqual(["a", "a", "a"]);
    }));
});
