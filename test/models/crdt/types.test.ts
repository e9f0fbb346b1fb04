import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { Change, DataType } from "../../../src/models/crdt/types/data-type.ts";
import { gCounter } from "../../../src/models/crdt/types/g-counter.ts";
import { gSet } from "../../../src/models/crdt/types/g-set.ts";
import { lwwRegister } from "../../../src/models/crdt/types/lww-register.ts";
import { mvRegister } from "../../../src/models/crdt/types/mv-register.ts";
import { type OrSet, orSet } from "../../../src/models/crdt/types/or-set.ts";
import { pnCounter } from "../../../src/models/crdt/types/pn-counter.ts";
import { compareLamport, type LamportStamp } from "../../../src/models/shared/clocks/lamport.ts";
import { execute, type Made, stepsOf } from "./executions.ts";

const site = { node: "n1", stamp: (): LamportStamp => [1, "n1"] };

const changes = (f: readonly string[], inputs: fc.Arbitrary<Json>): fc.Arbitrary<Change> =>
  fc.record({ f: fc.constantFrom(...f), input: inputs });
const amounts = fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 3 }));
const elements = fc.constantFrom<Json[]>("milk", "eggs", 10, 9);

const sum = (known: readonly Made[]): number =>
  known.reduce((total, { change: { f, input } }) => total + (f === "increment" ? 1 : -1) * Number(input ?? 1), 0);

const sorted = (values: readonly Json[]): Json[] =>
  [...new Set(values)].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Those whose `f` this is and that no other of these, which is `by`, has seen. */
const notSeen = (known: readonly Made[], f: string, by: (one: Made, other: Made) => boolean): Made[] =>
  known.filter((one) => one.change.f === f && !known.some((other) => by(one, other) && other.known.has(one)));

/** A type, and what it must show once certain changes are known, by a definition that knows only who had seen what. */
interface Case<State extends Json> {
  readonly name: string;
  readonly type: DataType<State>;
  readonly changes: fc.Arbitrary<Change>;
  shows(known: readonly Made[], deltas: ReadonlyMap<Made, State>): Json;
}

const cases: readonly Case<Json>[] = [
  {
    name: "G-Counter (Shapiro et al. 2011, §3.1.2)",
    type: gCounter,
    changes: changes(["increment"], amounts),
    shows: sum,
  },
  {
    name: "PN-Counter (§3.1.3)",
    type: pnCounter,
    changes: changes(["increment", "decrement"], amounts),
    shows: sum,
  },
  {
    name: "G-Set (§3.3.1)",
    type: gSet,
    changes: changes(["add"], elements),
    shows: (known: readonly Made[]) => sorted(known.map(({ change }) => change.input)),
  },
  {
    name: "OR-Set (§3.3.5): in it is what some add put there that no remove of it has seen",
    type: orSet,
    changes: changes(["add", "add", "remove"], elements),
    shows: (known: readonly Made[]) => {
      const removes = (one: Made, { change }: Made) => change.f === "remove" && change.input === one.change.input;
      return sorted(notSeen(known, "add", removes).map(({ change }) => change.input));
    },
  },
  {
    name: "LWW-Register (§3.2.1)",
    type: lwwRegister,
    changes: changes(["write"], fc.nat()),
    shows: (known: readonly Made[], deltas: ReadonlyMap<Made, { value: Json; stamp: LamportStamp }>) => {
      const writes = known.map((made) => deltas.get(made));
      return writes.sort((a, b) => compareLamport(a?.stamp ?? [0, ""], b?.stamp ?? [0, ""])).at(-1)?.value ?? null;
    },
  },
  {
    name: "MV-Register (§3.2.2): all writes that no other has seen",
    type: mvRegister,
    changes: changes(["write"], fc.nat()),
    shows: (known: readonly Made[]) => notSeen(known, "write", () => true).map(({ change }) => change.input),
  },
];

/** The values of an MV-Register come in the order of their nodes, which a definition by what was seen does not know. */
const inAnyOrder = (value: Json): Json => (Array.isArray(value) ? [...value].sort() : value);

describe.each(cases)("$name", ({ type, changes: made, shows }) => {
  const runs = stepsOf(made).map((steps) => execute(type, steps));
  const { join, covers, value, bottom } = type;

  it("shows what the changes that got there make of it, however often and in whatever order they came", () => {
    fc.assert(
      fc.property(runs, ({ copies, deltas }) => {
        for (const { state, known } of copies)
          expect(inAnyOrder(value(state))).toEqual(inAnyOrder(shows([...known], deltas)));
      }),
      { numRuns: 100 },
    );
  });

  it("has states, and deltas, that form a join-semilattice (§2.3)", () => {
    fc.assert(
      fc.property(runs, fc.tuple(fc.nat(), fc.nat(), fc.nat()), ({ copies, deltas }, picks) => {
        const all = [...copies.map(({ state }) => state), ...deltas.values()];
        const [a, b, c] = picks.map((pick) => all[pick % all.length] as Json) as [Json, Json, Json];
        expect(join(a, b)).toEqual(join(b, a));
        expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
        expect(join(a, a)).toEqual(a);
        expect(join(a, bottom)).toEqual(a);
        expect(covers(join(a, b), a)).toBe(true);
        expect(covers(a, b)).toBe(JSON.stringify(join(a, b)) === JSON.stringify(join(a, a)));
      }),
      { numRuns: 100 },
    );
  });

  it("is the join of its deltas, in any order and some of them twice (Almeida et al. 2018, Definition 3)", () => {
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.nat()), ({ last, deltas }, picks) => {
        for (const { state, known } of last) {
          const twice = [...known, ...known].map((one) => [picks.next().value as number, deltas.get(one)] as const);
          const inTurn = twice.sort(([p], [q]) => p - q).map(([, delta]) => delta as Json);
          expect(inTurn.reduce(join, bottom)).toEqual(state);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("stamps of an LWW-Register", () => {
  it("are unique, and later than those of all writes that their writer had seen (§3.2.1)", () => {
    fc.assert(
      fc.property(stepsOf(changes(["write"], fc.nat())), (steps) => {
        const { deltas } = execute(lwwRegister, steps);
        expect(new Set([...deltas.values()].map(({ stamp }) => stamp.join())).size).toBe(deltas.size);
        for (const [{ known }, { stamp }] of deltas)
          for (const before of known)
            expect(compareLamport(stamp, deltas.get(before)?.stamp ?? stamp)).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe("an OR-Set", () => {
  it("keeps no tombstones: what is removed leaves a count of its node's dots behind (Bieniusa et al. 2012)", () => {
    let state: OrSet = orSet.bottom;
    for (let i = 0; i < 50; i++)
      for (const f of ["add", "remove"])
        state = orSet.join(state, orSet.update(state, { f, input: "milk" }, site) ?? orSet.bottom);
    expect(state).toEqual({ adds: {}, context: { vector: { n1: 50 }, cloud: [] } });
  });
});

describe("changes that a type does not know", () => {
  it.each<[string, DataType<Json>, Change]>([
    ["decrement of a G-Counter", gCounter, { f: "decrement", input: 1 }],
    ["increment of a G-Counter by less than nothing", gCounter, { f: "increment", input: -1 }],
    ["increment by a text", pnCounter, { f: "increment", input: "1" }],
    ["increment by a half", pnCounter, { f: "increment", input: 0.5 }],
    ["remove from a G-Set", gSet, { f: "remove", input: 1 }],
    ["write of an OR-Set", orSet, { f: "write", input: 1 }],
    ["add to an LWW-Register", lwwRegister, { f: "add", input: 1 }],
    ["add to an MV-Register", mvRegister, { f: "add", input: 1 }],
  ])("%s", (_, type, change) => {
    expect(type.update(type.bottom, change, site)).toBeUndefined();
  });

  it("a decrement by less than nothing is an increment", () => {
    const state = pnCounter.update(pnCounter.bottom, { f: "decrement", input: -2 }, site);
    expect(state && pnCounter.value(state)).toBe(2);
  });
});
