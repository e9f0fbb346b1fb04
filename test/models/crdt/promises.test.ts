import { describe, expect, it } from "vitest";
import { defaultConfig, type ModelConfig } from "../../../src/core/model.ts";
import { crdt } from "../../../src/models/crdt/index.ts";
import { testPromises } from "../promises.ts";

const config = (some: ModelConfig): ModelConfig => ({ ...defaultConfig(crdt), ...some });

testPromises(crdt, ["set", "lww-register"], [config({})]);
testPromises(crdt, ["mv-register", "cart"], [config({ propagation: "delta", registers: "mv-register" })]);

describe("what a configuration does not serve", () => {
  it.each<[string, ModelConfig, string | undefined]>([
    [
      "pn-counter",
      { updates: "grow-only" },
      "a G-Counter knows no decrement: choose both-ways, or --workload g-counter",
    ],
    ["cart", { updates: "grow-only" }, "a G-Set knows no remove: choose both-ways, or --workload set"],
    [
      "lww-register",
      { registers: "mv-register" },
      "an MV-Register shows several values: choose lww-register, or --workload mv-register",
    ],
    ["mv-register", {}, "an LWW-Register shows one value: choose mv-register, or --workload lww-register"],
    ["g-counter", { updates: "grow-only", registers: "mv-register" }, undefined],
    ["cart", {}, undefined],
  ])("%s in %o", (workload, some, why) => {
    expect(crdt.reject?.(some, 3, workload)).toBe(why);
  });
});
