import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Invariant, Ruling } from "../../../src/core/model.ts";
import {
  integrity,
  onePrimary,
  primaryIntegrity,
  primaryOrder,
  totalOrder,
} from "../../../src/models/zab/invariants.ts";

type Event = readonly [node: string, event: string, detail: JsonObject];

const start = (node: string, ...kept: JsonObject[]): Event => [node, "start", { accepted: 0, kept }];
const leader = (node: string, term: number): Event => [node, "leader", { term }];
const zxid = (epoch: number, counter: number, name = "a"): JsonObject => ({ epoch, counter, name });
const broadcast = (node: string, ...what: Parameters<typeof zxid>): Event => [node, "broadcast", zxid(...what)];
const deliver = (node: string, position: number, ...what: Parameters<typeof zxid>): Event => [
  node,
  "deliver",
  { position, ...zxid(...what) },
];

/** What an invariant says of each event. */
const judged = ({ onTrace }: Invariant, ...events: Event[]): Ruling[] => events.map((event) => onTrace(...event));

/** Of events that only prepare. */
const untested = (count: number): undefined[] => Array.from({ length: count }, () => undefined);

describe("the properties of Junqueira et al. 2011, §3", () => {
  it("one primary an epoch", () => {
    expect(judged(onePrimary(), leader("n1", 1), leader("n2", 2), leader("n2", 1))).toEqual([
      true,
      true,
      "n1 and n2 were both established in epoch 1",
    ]);
  });

  it("integrity: nothing is delivered that was not broadcast", () => {
    expect(judged(integrity(), broadcast("n1", 1, 1), deliver("n2", 1, 1, 1), deliver("n2", 2, 1, 1, "b"))).toEqual([
      undefined,
      true,
      "n2 delivered (1, 1) b, which nobody broadcast",
    ]);
  });

  it("integrity: what only the primary's disk kept counts as broadcast, and what another's did not", () => {
    const events = [leader("n1", 1), start("n2", zxid(1, 1)), start("n1", zxid(1, 2))] as const;
    expect(judged(integrity(), ...events, deliver("n3", 2, 1, 2), deliver("n3", 1, 1, 1))).toEqual([
      ...untested(3),
      true,
      "n3 delivered (1, 1) a, which nobody broadcast",
    ]);
  });

  it("total order and agreement: one sequence", () => {
    expect(judged(totalOrder(), deliver("n1", 1, 1, 1), deliver("n2", 1, 1, 1), deliver("n3", 1, 2, 1))).toEqual([
      undefined,
      true,
      "n1 delivered (1, 1) a as number 1, but n3 (2, 1) a",
    ]);
  });

  it("local primary order: no gap in what a primary broadcast", () => {
    expect(judged(primaryOrder(), deliver("n1", 1, 1, 1), deliver("n1", 2, 1, 3))).toEqual([
      true,
      "n1 delivered (1, 3) a after (1, 1) a",
    ]);
    expect(judged(primaryOrder(), deliver("n1", 1, 1, 2))).toEqual(["n1 delivered (1, 2) a after nothing"]);
  });

  it("global primary order: epochs in turn, from the beginning after a restart", () => {
    const { onTrace } = primaryOrder();
    const events = [deliver("n1", 1, 1, 1), deliver("n1", 2, 3, 1), start("n1"), deliver("n1", 1, 1, 1)];
    expect(events.map((event) => onTrace(...event))).toEqual([true, true, undefined, true]);
    expect(onTrace(...deliver("n1", 2, 2, 2))).toBe("n1 delivered (2, 2) a after (1, 1) a");
    expect(onTrace(...deliver("n1", 3, 1, 1))).toBe("n1 delivered (1, 1) a after (2, 2) a");
  });

  it("primary integrity: a primary begins with all that was delivered before", () => {
    expect(judged(primaryIntegrity(), deliver("n1", 1, 1, 1), deliver("n2", 1, 1, 1), broadcast("n2", 2, 1))).toEqual([
      ...untested(2),
      true,
    ]);
    expect(judged(primaryIntegrity(), broadcast("n2", 2, 1))).toEqual([undefined]);
    expect(judged(primaryIntegrity(), deliver("n1", 1, 1, 1), broadcast("n2", 2, 1))).toEqual([
      undefined,
      "n2 began epoch 2 without having delivered number 1",
    ]);
  });

  it("primary integrity: nor is anything delivered of an earlier epoch afterwards", () => {
    expect(judged(primaryIntegrity(), broadcast("n2", 2, 1), deliver("n1", 1, 1, 1))).toEqual([
      undefined,
      "n2 began epoch 2 without number 1, which n1 delivered of epoch 1",
    ]);
    // A copy begins anew with its server.
    const events = [deliver("n1", 1, 1, 1), start("n1"), broadcast("n1", 2, 1)];
    expect(judged(primaryIntegrity(), ...events).at(-1)).toBe("n1 began epoch 2 without having delivered number 1");
  });
});
