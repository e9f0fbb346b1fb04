import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { Outcome } from "../../../src/core/operation.ts";
import type { Reply } from "../../../src/core/replica.ts";
import { dynamodb } from "../../../src/models/dynamodb/index.ts";
import { partitionOf } from "../../../src/models/dynamodb/regions.ts";

const NODES = ["n1", "n2", "n3", "n4", "n5", "n6"];
const KEYS = ["a", "b", "c", "d"];
const keyOf = (partition: number): string => KEYS.find((key) => partitionOf(key) === partition) ?? "";
const ok = (value: Json = null): Reply => ({ outcome: { type: "ok", value } });

/** A session opened on `n5`, its requests, and what it completed. */
function session(config: Record<string, string>) {
  const sent: { to: string; id: number; context: Json }[] = [];
  const done: Outcome[] = [];
  let nowMs = 0;
  let draws = 0;
  const client = dynamodb.client(
    {
      process: 0,
      node: "n5",
      nodes: NODES,
      monoMs: () => nowMs,
      random: () => (draws++ % 7) / 7,
      send: (to, { id, context }) => sent.push({ to, id, context }),
      setTimer: () => {},
      clearTimer: () => {},
      complete: (outcome) => done.push(outcome),
    },
    config,
  );
  const wait = (ms: number): void => {
    nowMs += ms;
    client.onTimer("retry");
  };
  return { client, sent, done, wait };
}

describe("a session", () => {
  test("stays in its region, whoever is silent", () => {
    for (const consistency of ["strong", "eventual"]) {
      const { client, sent, wait } = session({ consistency, tables: "global" });
      for (let i = 0; i < 20; i++) {
        client.onInvoke({ f: "read", key: "a", input: null });
        for (let silence = 0; silence < 4; silence++) wait(300);
      }
      expect([...new Set(sent.map(({ to }) => to))].sort()).toEqual(["n4", "n5", "n6"]);
    }
  });

  test("knows the leader of each partition by itself, and repeats a request under its number", () => {
    const { client, sent, done, wait } = session({ consistency: "strong", tables: "single-region" });
    const answer = (from: string, reply: Reply): void => client.onReply(from, sent.at(-1)?.id ?? 0, reply);
    const write = (partition: number): void => client.onInvoke({ f: "write", key: keyOf(partition), input: 1 });
    const refusal: Outcome = { type: "fail", error: { name: "temporarily-unavailable" } };
    write(0);
    answer("n5", { outcome: refusal, context: { leader: "n2" } });
    answer("n2", ok());
    write(1);
    answer("n5", ok());
    write(0);
    expect(sent.map(({ to }) => to)).toEqual(["n5", "n2", "n5", "n2"]);
    wait(400);
    expect(sent.slice(-2).map(({ context }) => context)).toEqual([sent.at(-1)?.context, sent.at(-1)?.context]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
    answer(sent.at(-1)?.to ?? "", ok());
    expect(done.map(({ type }) => type)).toEqual(["ok", "ok", "ok"]);
  });

  test("has an eventually consistent read answered by another replica if one is silent, and heeds no late answer", () => {
    const { client, sent, done, wait } = session({ consistency: "eventual", tables: "single-region" });
    client.onInvoke({ f: "read", key: "a", input: null });
    wait(200);
    const [first, second] = sent;
    expect(first?.to).not.toBe(second?.to);
    client.onReply(first?.to ?? "", first?.id ?? 0, ok(1));
    expect(done).toEqual([]);
    client.onReply(second?.to ?? "", second?.id ?? 0, ok(2));
    client.onReply(second?.to ?? "", second?.id ?? 0, ok(3));
    expect(done).toEqual([{ type: "ok", value: 2 }]);
    client.onInvoke({ f: "read", key: "a", input: null });
    for (let silence = 0; silence < 8; silence++) wait(200);
    expect(done.at(-1)).toMatchObject({ type: "fail", error: { name: "temporarily-unavailable" } });
  });
});
