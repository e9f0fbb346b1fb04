import { describe, expect, test } from "vitest";
import { BUGS } from "../../../src/models/dynamodb/bugs.ts";
import { dynamodb } from "../../../src/models/dynamodb/index.ts";
import { dynamoInvariants } from "../../../src/models/dynamodb/invariants.ts";
import { partitionOf, regionsOf } from "../../../src/models/dynamodb/regions.ts";
import { Table } from "../shared/table.ts";

const GLOBAL = { consistency: "strong", tables: "global" };
const KEYS = Array.from({ length: 40 }, (_, i) => `k${i}`);
const keyOf = (partition: number): string => KEYS.find((key) => partitionOf(key) === partition) ?? "";

/** Lets so many timers fire in turn, and all messages arrive but for those from or to some nodes. */
function live(table: Table, timers: number, ...without: string[]): void {
  for (let i = 0; i < timers; i++) {
    const next = table.timers().find(({ node }) => !without.includes(node));
    if (next) table.fire(next.node, next.timer);
    table.settle(...without);
  }
}

const leaders = ({ traced }: Table): Record<string, string> =>
  Object.fromEntries(traced.filter(({ event }) => event === "leader").map(({ node, detail }) => [detail.group, node]));

const ownCopy = (table: Table, node: string, key: string): unknown => {
  const id = table.request(node, { f: "read", key, input: null, final: true });
  const outcome = table.replies.get(id)?.outcome;
  return outcome?.type === "ok" ? outcome.value : outcome;
};

describe("partitions (Elhemali et al., ATC 2022, §3)", () => {
  test("a table's keys are spread over its partitions", () => {
    for (const partition of [0, 1]) {
      const share = KEYS.filter((key) => partitionOf(key) === partition).length;
      expect(share).toBeGreaterThan(10);
    }
  });

  test.each([1, 2, 3, 4, 5])("are led by different nodes, in each region by its own (seed %i)", (seed) => {
    const table = new Table({ model: dynamodb, nodes: 6, config: GLOBAL, seed });
    live(table, 120);
    expect(leaders(table)).toEqual({ "east-0": "n1", "east-1": "n2", "west-0": "n4", "west-1": "n5" });
    expect(table.violations).toEqual([]);
  });

  test("a strongly consistent read is the leader's alone, an eventually consistent one anybody's", () => {
    for (const consistency of ["strong", "eventual"]) {
      const table = new Table({ model: dynamodb, nodes: 3, config: { consistency } });
      live(table, 60);
      const key = keyOf(0);
      const write = table.request("n1", { f: "write", key, input: 7 });
      table.settle();
      expect(table.replies.get(write)?.outcome.type).toBe("ok");
      live(table, 20);
      const [byLeader, byOther] = ["n1", "n3"].map((node) =>
        table.request(node, { f: "read", key, input: null }, "c1"),
      );
      table.settle();
      expect(table.replies.get(byLeader ?? 0)?.outcome).toEqual({ type: "ok", value: 7 });
      expect(table.replies.get(byOther ?? 0)).toMatchObject(
        consistency === "eventual"
          ? { outcome: { type: "ok", value: 7 } }
          : { outcome: { type: "fail", error: { name: "temporarily-unavailable" } }, context: { leader: "n1" } },
      );
    }
  });
});

describe("global tables (Developer Guide, version 2019.11.21)", () => {
  test("a write is acknowledged by its region alone, and is in the other one once that hears of it, after any crash", () => {
    const table = new Table({ model: dynamodb, nodes: 6, config: GLOBAL });
    live(table, 120);
    const west = ["n4", "n5", "n6"];
    for (const partition of [0, 1]) {
      const leader = leaders(table)[`east-${partition}`] ?? "";
      const id = table.request(leader, { f: "write", key: keyOf(partition), input: 7 + partition });
      table.settle(...west);
      expect(table.replies.get(id)?.outcome.type).toBe("ok");
    }
    live(table, 60, ...west);
    for (const node of west) expect(ownCopy(table, node, keyOf(0))).toBe(null);
    for (const node of west) table.crash(node);
    live(table, 400);
    for (const node of west) expect([ownCopy(table, node, keyOf(0)), ownCopy(table, node, keyOf(1))]).toEqual([7, 8]);
    expect(table.violations).toEqual([]);
    // A new leader in the west goes on where the old one was.
    table.crash(leaders(table)["west-0"] ?? "");
    table.request(leaders(table)["east-0"] ?? "", { f: "write", key: keyOf(0), input: 9 });
    live(table, 400);
    expect(ownCopy(table, "n6", keyOf(0))).toBe(9);
    expect(table.violations).toEqual([]);
  });

  test("regions are halves, and the model says what it cannot do", () => {
    const nodes = ["n1", "n2", "n3", "n4", "n5", "n6"];
    expect(regionsOf(nodes, "global").map((region) => region.nodes)).toEqual([nodes.slice(0, 3), nodes.slice(3)]);
    expect(dynamodb.reject?.(GLOBAL, 6, "register")).toBeUndefined();
    expect(dynamodb.reject?.(GLOBAL, 5, "register")).toContain("6 nodes");
    expect(dynamodb.reject?.(GLOBAL, 6, "append")).toContain("register or sessions");
    expect(dynamodb.reject?.({}, 3, "append")).toBeUndefined();
    expect(dynamodb.reject?.({}, 2, "append")).toContain("3 nodes");
    for (const { hunt } of Object.values(BUGS)) {
      const { config = {}, workload = "register" } = hunt as { config?: Record<string, string>; workload?: string };
      expect(dynamodb.reject?.(config, 6, workload)).toBeUndefined();
    }
  });
});

describe("invariants of change streams", () => {
  const rulings = (
    name: string,
    ...events: [node: string, event: string, detail: Record<string, string | number>][]
  ) => {
    const invariant = dynamoInvariants().find((one) => one.name === name);
    return events.map(([node, event, detail]) => invariant?.onTrace(node, event, detail));
  };
  const record = (number: number, of: string) => ({ stream: "east-0", partition: 0, number, record: `${of} in east` });
  const taken = (number: number, of: string) => ({ stream: "west-0", partition: 0, number, record: `${of} in east` });

  test("a stream is the same on all replicas", () => {
    expect(rulings("stream-order", ["n1", "record", record(1, "x")], ["n2", "record", record(1, "x")])).toEqual([
      undefined,
      true,
    ]);
    expect(rulings("stream-order", ["n1", "record", record(1, "x")], ["n2", "record", record(1, "y")])[1]).toContain(
      "was x",
    );
  });

  test("records are applied once, in order, as they were recorded", () => {
    const start: Parameters<typeof rulings>[1] = ["n4", "streams", { partition: 0, upTo: 1 }];
    const recorded: Parameters<typeof rulings>[1] = ["n1", "record", record(2, "x")];
    expect(rulings("replicated-once", start, recorded, ["n4", "replicate", taken(2, "x")])[2]).toBe(true);
    expect(rulings("replicated-once", start, ["n4", "replicate", taken(1, "x")])[1]).toContain("2 was due");
    expect(rulings("replicated-once", start, ["n4", "replicate", taken(3, "x")])[1]).toContain("2 was due");
    expect(rulings("replicated-once", start, recorded, ["n4", "replicate", taken(2, "y")])[2]).toContain(
      "but that is x",
    );
  });
});
