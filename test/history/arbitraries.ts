import * as fc from "fast-check";
import type { Fault } from "../../src/core/fault.ts";
import type { History, Timed } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation, Outcome } from "../../src/core/operation.ts";
import { RUNTIME_NAMES, type Scenario } from "../../src/core/scenario.ts";

/** JSON as it comes back from a round trip: no negative zero. */
export const json: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 });
const node = fc.constantFrom("n1", "n2", "n3");
const nodes = fc.uniqueArray(node);
const ms = fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0);

export const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("partition" as const),
      shape: name,
      drops: fc.dictionary(node, nodes, { noNullPrototype: true }),
      clients: nodes,
    },
    { requiredKeys: ["kind", "shape", "drops"] },
  ) as fc.Arbitrary<Fault>,
  fc.record({ kind: fc.constant("pause" as const), nodes }),
  fc.record({ kind: fc.constant("client-pause" as const), nodes }),
  fc.record({ kind: fc.constant("kill" as const), nodes }),
  fc.record({ kind: fc.constant("clock" as const), nodes, mode: fc.constant("jump" as const), offsetMs: ms }),
  fc.record({
    kind: fc.constant("clock" as const),
    nodes,
    mode: fc.constant("strobe" as const),
    offsetMs: ms,
    periodMs: ms,
  }),
  fc.record({ kind: fc.constant("clock" as const), nodes, mode: fc.constant("drift" as const), rate: ms }),
  fc.record(
    {
      kind: fc.constant("link" as const),
      links: fc.dictionary(node, nodes, { noNullPrototype: true }),
      quality: fc.record(
        {
          delay: fc.oneof(
            fc.record({ kind: fc.constant("constant" as const), ms }),
            fc.record({ kind: fc.constant("long-tail" as const), minMs: ms, maxMs: ms }),
          ),
          loss: fc.constantFrom(0, 0.5, 1),
          duplicate: fc.constantFrom(0, 0.25),
          reorder: fc.constantFrom(0, 0.125),
          rateKbit: ms,
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ["kind", "quality"] },
  ) as fc.Arbitrary<Fault>,
  fc.record({ kind: fc.constant("disk" as const), nodes, stallMs: ms }),
  fc.record({ kind: fc.constant("disk" as const), nodes, full: fc.constant(true as const) }),
);

const error = fc.record({ name, text: name }, { requiredKeys: ["name"] });
export const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("ok" as const), value: json }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("fail" as const), error }) as fc.Arbitrary<Outcome> },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("info" as const), error }) as fc.Arbitrary<Outcome> },
);

const call = fc.record(
  { node, f: name, key: name, input: json, final: fc.constant(true as const) },
  { requiredKeys: ["node", "f", "input"] },
);

/** What a thread does: calls with gaps before them and durations, in ticks (0 ticks: at the same instant). */
const thread = fc.array(fc.record({ call, outcome, gap: fc.nat({ max: 3 }), duration: fc.nat({ max: 3 }) }), {
  maxLength: 8,
});

/** Legal histories, with many events at the same instant. */
export const history: fc.Arbitrary<History> = fc
  .record({
    threads: fc.array(thread, { maxLength: 4 }),
    faults: fc.array(
      fc.record({
        value: fault,
        start: fc.nat({ max: 20 }),
        lasts: fc.option(fc.nat({ max: 5 })),
        proof: fc.option(fc.string()),
      }),
      { maxLength: 3 },
    ),
    meta: fc.record({ seed: fc.maxSafeInteger(), system: name, workload: name, nodes }, { requiredKeys: [] }),
    complete: fc.boolean(),
  })
  .map(({ threads, faults, meta, complete }) => {
    const ops: Omit<Operation, "index">[] = [];
    threads.forEach((steps, i) => {
      let atNs = 0;
      let process = i;
      for (const { call, outcome, gap, duration } of steps) {
        const callNs = atNs + gap;
        const isOpen = outcome.type === "info";
        ops.push({ ...call, process, callNs, returnNs: isOpen ? Infinity : callNs + duration, outcome } as Operation);
        atNs = callNs + duration;
        if (isOpen) process += threads.length;
      }
    });
    const timed: Timed<Fault>[] = faults.map(({ value, start, lasts, proof }) => ({
      value,
      startNs: start,
      endNs: lasts === null ? Infinity : start + lasts,
      ...(proof === null ? {} : { proof }),
    }));
    return {
      ops: ops.sort((a, b) => a.callNs - b.callNs).map((op, index) => ({ ...op, index })),
      faults: timed.sort((a, b) => a.startNs - b.startNs),
      meta: { version: 1, ...meta, complete },
    } as History;
  });

export const scenario: fc.Arbitrary<Scenario> = fc.record(
  {
    version: fc.constant(1 as const),
    target: fc.oneof(
      fc.record(
        {
          kind: fc.constant("model" as const),
          name,
          config: fc.dictionary(name, name, { noNullPrototype: true }),
          bug: name,
        },
        { requiredKeys: ["kind", "name", "config"] },
      ),
      fc.record({ kind: fc.constant("program" as const), command: fc.array(name, { minLength: 1, maxLength: 3 }) }),
      fc.record(
        {
          kind: fc.constant("system" as const),
          name,
          config: fc.dictionary(name, name, { noNullPrototype: true }),
          file: name,
          containers: fc.array(name, { maxLength: 3 }),
        },
        { requiredKeys: ["kind", "name", "config"] },
      ),
    ),
    runtime: fc.constantFrom(...RUNTIME_NAMES),
    seed: fc.maxSafeInteger(),
    nodes: fc.integer({ min: 1, max: 9 }),
    workload: name,
    network: fc.record({ loss: fc.constantFrom(0, 0.5), rateKbit: ms }, { requiredKeys: [] }),
    operations: fc.array(fc.array(fc.record({ atMs: ms, op: fc.record({ f: name, input: json }) }), { maxLength: 3 }), {
      maxLength: 3,
    }),
    faults: fc.array(
      fc.record({ atMs: ms, forMs: ms, fault, aimedAtLeader: node }, { requiredKeys: ["atMs", "forMs", "fault"] }),
      { maxLength: 3 },
    ),
    timeMs: ms,
    timeoutMs: ms,
    settleMs: ms,
    limits: fc.record({ memoryMb: ms, cpus: ms }, { requiredKeys: [] }),
    image: name,
    expect: fc.constant(["linearizable" as const]),
  },
  {
    requiredKeys: [
      "version",
      "target",
      "runtime",
      "seed",
      "nodes",
      "workload",
      "network",
      "operations",
      "faults",
      "timeMs",
      "timeoutMs",
      "settleMs",
    ],
  },
) as fc.Arbitrary<Scenario>;

/** A text in pieces of any length, also of none. */
export const cut = (text: string, at: readonly number[]): string[] => {
  const places = [...at].map((place) => place % (text.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
};

/** The same for bytes, which may cut a character. */
export const cutBytes = (bytes: Uint8Array, at: readonly number[]): Uint8Array[] => {
  const places = at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
};
