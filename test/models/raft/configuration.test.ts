import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Configuration,
  configurationName,
  configurationNamed,
  isQuorum,
  isVoter,
  reachedByQuorum,
  voterSets,
} from "../../../src/models/raft/configuration.ts";

const NODES = ["n1", "n2", "n3", "n4", "n5"];

const some = fc.subarray(NODES, { minLength: 1 });
const configuration: fc.Arbitrary<Configuration> = fc
  .tuple(some, fc.option(some, { nil: undefined }))
  .map(([voters, outgoing]) => (outgoing ? { voters, outgoing } : { voters }));

const subsets = Array.from({ length: 2 ** NODES.length }, (_, bits) =>
  NODES.filter((_node, i) => (bits >> i) % 2 === 1),
);

/** More than half of a set of voters. */
const majorityOf = (voters: readonly string[], nodes: readonly string[]): boolean =>
  nodes.filter((node) => voters.includes(node)).length > voters.length / 2;

/** The definition of §6: separate majorities of the old and of the new configuration. */
const decides = ({ voters, outgoing }: Configuration, nodes: readonly string[]): boolean =>
  majorityOf(voters, nodes) && (outgoing === undefined || majorityOf(outgoing, nodes));

describe("majorities of a configuration (§6)", () => {
  test("a joint one needs both, a simple one its own, and learners do not count", () => {
    fc.assert(
      fc.property(configuration, (one) => {
        for (const nodes of subsets) expect(isQuorum(voterSets(one), new Set(nodes))).toBe(decides(one, nodes));
      }),
      { numRuns: 50 },
    );
  });

  test("what a majority has reached is the highest value that a deciding set of nodes has", () => {
    fc.assert(
      fc.property(configuration, fc.array(fc.nat({ max: 9 }), { minLength: 5, maxLength: 5 }), (one, values) => {
        const value = (node: string): number => values[NODES.indexOf(node)] ?? 0;
        const best = subsets.filter((nodes) => decides(one, nodes)).map((nodes) => Math.min(...nodes.map(value)));
        expect(reachedByQuorum(voterSets(one), value)).toBe(Math.max(...best));
      }),
      { numRuns: 100 },
    );
  });

  test("deciding sets of a joint configuration meet those of the old one and of the new one", () => {
    fc.assert(
      fc.property(some, some, (outgoing, voters) => {
        const joint = subsets.filter((nodes) => decides({ voters, outgoing }, nodes));
        for (const side of [{ voters }, { voters: outgoing }])
          for (const one of subsets.filter((nodes) => decides(side, nodes)))
            expect(joint.every((nodes) => nodes.some((node) => one.includes(node)))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

test("a configuration's name in traces tells it back, and a command's does not", () => {
  fc.assert(
    fc.property(configuration, (one) => {
      expect(configurationNamed(configurationName(one))).toEqual(one);
      for (const node of NODES)
        expect(isVoter(one, node)).toBe(one.voters.includes(node) || one.outgoing?.includes(node) === true);
    }),
    { numRuns: 50 },
  );
  expect(configurationNamed("c1:7")).toBeUndefined();
  expect(configurationNamed("")).toBeUndefined();
});
