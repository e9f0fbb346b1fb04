import { describe, expect, it } from "vitest";
import { noDirtyWrite } from "../../../src/models/isolation/invariants.ts";

describe("no dirty write (Berenson et al. 1995, P0)", () => {
  it("between a transaction's write and its commit nobody else commits a write of the key", () => {
    const { onTrace } = noDirtyWrite();
    const write = (txn: number, key: string) => onTrace("n1", "write", { txn, key });
    const commit = (txn: number) => onTrace("n1", "commit", { txn });
    expect(write(1, "x")).toBeUndefined();
    expect(commit(1)).toBeUndefined();
    write(2, "x");
    expect(commit(2)).toBe(true);
    write(3, "x");
    write(4, "x");
    write(4, "y");
    write(3, "x");
    expect(commit(4)).toBe(true);
    expect(commit(3)).toBe("n1's transaction 3 wrote n1 x before n1's transaction 4 committed it, and both committed");
  });

  it("whatever aborted, or ended with a crash", () => {
    const { onTrace } = noDirtyWrite();
    for (const txn of [1, 2, 3]) onTrace("n1", "write", { txn, key: "x" });
    onTrace("n1", "abort", { txn: 1 });
    expect(onTrace("n1", "commit", { txn: 2 })).toBeUndefined();
    onTrace("n1", "start", {});
    onTrace("n1", "write", { txn: 3, key: "x" });
    expect(onTrace("n1", "commit", { txn: 3 })).toBe(true);
  });
});
