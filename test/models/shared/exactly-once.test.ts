import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { replicatedStore } from "../../../src/models/shared/exactly-once.ts";

const command = fc.record({
  client: fc.constantFrom("c0", "c1", "c2"),
  seq: fc.integer({ min: 1, max: 4 }),
  op: fc.oneof(
    fc.record({ f: fc.constant("append"), key: fc.constantFrom("x", "y"), input: fc.nat({ max: 9 }) }),
    fc.record({ f: fc.constant("read"), key: fc.constantFrom("x", "y"), input: fc.constant(null) }),
  ),
});

describe("the session table (Ongaro & Ousterhout 2014, §8)", () => {
  test("a log with any retries has the effect of the same log without them", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (log) => {
        const store = replicatedStore();
        for (const { client, seq, op } of log) store.apply(client, seq, op);

        const plain = replicatedStore();
        const newest = new Map<string, number>();
        let unique = 0;
        for (const { client, seq, op } of log) {
          if (seq <= (newest.get(client) ?? 0)) continue;
          newest.set(client, seq);
          plain.apply("nobody", ++unique, op);
        }
        expect([...store.contents]).toEqual([...plain.contents]);
      }),
    );
  });

  test("a repeated command is answered as the first time; one that is older than the newest is not answered", () => {
    const store = replicatedStore();
    const read = { f: "read", key: "x", input: null };
    const first = store.apply("c0", 1, read);
    store.apply("c1", 1, { f: "write", key: "x", input: 7 });
    expect(store.apply("c0", 1, read)).toEqual(first);
    expect(store.answered("c0", 1)).toEqual(first);
    expect(store.apply("c0", 2, read)).toEqual({ type: "ok", value: 7 });
    expect(store.apply("c0", 1, read)).toBeUndefined();
    expect(store.answered("c0", 1)).toBeUndefined();
    expect(store.read("x")).toBe(7);
    expect(store.read("y")).toBe(null);
  });

  test("a store that was saved, through JSON, goes on as if it had never stopped", () => {
    fc.assert(
      fc.property(fc.array(command), fc.array(command), (before, after) => {
        const store = replicatedStore();
        for (const { client, seq, op } of before) store.apply(client, seq, op);
        const again = replicatedStore(JSON.parse(JSON.stringify(store.save())));
        for (const { client, seq, op } of after)
          expect(again.apply(client, seq, op)).toEqual(store.apply(client, seq, op));
        expect(again.save()).toEqual(store.save());
      }),
    );
  });
});
