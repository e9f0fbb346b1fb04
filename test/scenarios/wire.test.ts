import { describe, expect, it } from "vitest";
import { failed, ok } from "../../src/models/lock-service/messages.ts";
import { EPOCH_MS } from "../../src/runtimes/sim/index.ts";
import { clientLabelsOf, labelsOf } from "../../src/scenarios/wire/index.ts";

const op = (f: string, input: number | string | null = null) => ({ f, key: "k", input });

describe("what clients of locks and nodes say to each other", () => {
  it("tells tokens, and who has the lock, of a lock service", () => {
    const { asked, answered } = clientLabelsOf("lock-service");
    expect(asked(op("write", 7), { token: 3 })).toBe("write k 7, token 3");
    expect(asked(op("create"), null)).toBe("lock k");
    expect(answered(op("create"), ok({ sequence: 4, before: null }))).toBe("yours, token 4");
    expect(answered(op("look"), ok({ sequence: 4, before: 2 }))).toBe("wait for 2");
    expect(answered(op("create"), failed("precondition-failed", "somebody has k"))).toBe("no: taken");
    expect(answered(op("write", 7), failed("precondition-failed", "3 is older than 4"))).toBe("no: token too old");
    expect(answered(op("read"), ok(7))).toBe("k = 7");
  });

  it("says nothing of renewals until one comes too late", () => {
    const { asked, answered } = clientLabelsOf("lock-service");
    expect(asked(op("renew"), null)).toBeUndefined();
    expect(answered(op("renew"), ok(null))).toBeUndefined();
    expect(answered(op("renew"), failed("temporarily-unavailable", "n2 leads"))).toBeUndefined();
    expect(answered(op("renew"), failed("key-does-not-exist", "gone"))).toBe("session expired");
  });

  it("shows of a lock service's log the sessions that expire", () => {
    const append = (f: string) => ({
      type: "group",
      group: "locks",
      message: { type: "append-entries", term: 1, entries: [{ term: 1, command: { op: { f, input: null } } }] },
    });
    expect(labelsOf("lock-service")(append("expire"))).toBe("session expires");
    expect(labelsOf("lock-service")(append("create"))).toBeUndefined();
  });

  it("tells the tokens of Redlock as times of the run", () => {
    const { asked, answered } = clientLabelsOf("redlock");
    const token = (EPOCH_MS + 30) * 1000;
    expect(answered(op("set", "0.1"), ok(token))).toBe("yes, token 30 ms");
    expect(asked(op("write", 7), { token })).toBe("write k 7, token 30 ms");
    expect(answered(op("set", "0.2"), failed("precondition-failed", "somebody has k"))).toBe("no: taken");
    expect(answered(op("delete", "0.1"), ok(null))).toBeUndefined();
  });
});
