import { describe, it } from "vitest";
import { type CrdtType, crdt } from "../../../checkers/crdt/index.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Random } from "../../../src/core/random.ts";
import { agree, concurrently, type Draw, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import type { Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const value = ({ outcome }: Operation): Json => (outcome.type === "ok" ? outcome.value : null);
const list = (op: Operation): readonly Json[] => (value(op) ?? []) as readonly Json[];
const isAnswered = ({ outcome }: Operation): boolean => outcome.type === "ok";

/** What the operations of a random history come to, and its closing reads. */
interface Ended {
  readonly updates: readonly Operation[];
  readonly reads: readonly Operation[];
  readonly finals: readonly Operation[];
}

function ended({ ops }: History): Ended {
  const happened = ops.filter(({ outcome }) => outcome.type !== "fail");
  return {
    updates: happened.filter(({ f }) => f !== "read"),
    reads: happened.filter((op) => op.f === "read" && !op.final && isAnswered(op)),
    finals: happened.filter((op) => op.final && isAnswered(op)),
  };
}

/** The opinion, where `judge` says what is wrong. */
const opinion =
  (judge: (ended: Ended) => string[]) =>
  (history: History): Opinion => {
    const parts = ended(history);
    if (parts.finals.length === 0) return "unknown vacuous";
    const found = judge(parts);
    if (found.length > 0) return invalid(found);
    return parts.updates.some(isAnswered) ? "valid" : "unknown vacuous";
  };

/** Tries every set of unknown additions. */
const wrongSums = opinion(({ updates, finals }) => {
  const delta = ({ f, input }: Operation): number => (f === "decrement" ? -1 : 1) * (input as number);
  const unknown = updates.filter((op) => !isAnswered(op));
  const sum = updates.filter(isAnswered).reduce((total, op) => total + delta(op), 0);
  const sums = Array.from({ length: 1 << unknown.length }, (_, choice) =>
    unknown.filter((_, i) => choice & (1 << i)).reduce((total, op) => total + delta(op), sum),
  );
  const grows = updates.every((op) => delta(op) >= 0);
  return finals
    .filter((op) => !sums.includes(value(op) as number))
    .map((op) => (grows && (value(op) as number) < sum ? "lost-update" : "wrong-sum"));
});

/** Element by element, with every add and every remove. */
const wrongElements = opinion(({ updates, reads, finals }) => {
  const shown = new Set([...finals.flatMap(list), ...updates.map(({ input }) => input)]);
  return [...shown].flatMap((element) => {
    const [adds, removes] = ["add", "remove"].map((f) =>
      updates.filter((op) => op.f === f && op.input === element),
    ) as [Operation[], Operation[]];
    const holders = finals.filter((op) => list(op).includes(element));
    if (adds.length === 0 && holders.length > 0) return ["unexpected-element"];
    const mayBeSeen = (add: Operation): boolean => removes.some((remove) => remove.returnNs >= add.callNs);
    const isSeen = (add: Operation): boolean =>
      removes.filter(isAnswered).some((remove) => {
        const earlier = (op: Operation): boolean =>
          op.process === remove.process && op.node === remove.node && op.index < remove.index;
        return (
          (isAnswered(add) && earlier(add)) ||
          (adds.length === 1 &&
            reads.some((read) => earlier(read) && read.returnNs >= add.callNs && list(read).includes(element)))
        );
      });
    if (adds.some((add) => isAnswered(add) && !mayBeSeen(add)) && holders.length < finals.length)
      return ["lost-element"];
    return adds.length > 0 && adds.every(isSeen) && holders.length > 0 ? ["resurrected-element"] : [];
  });
});

/** By the transitive closure of what sessions did and read. */
const wrongValues = (type: CrdtType) =>
  opinion(({ updates, reads, finals }) => {
    const shows = (op: Operation): readonly Json[] =>
      type === "mv-register" ? list(op) : value(op) === null ? [] : [value(op)];
    const happened = updates.filter(
      (op) => isAnswered(op) || [...reads, ...finals].some((read) => shows(read).includes(op.input)),
    );
    const isDirect = (a: Operation, b: Operation): boolean =>
      (a.process === b.process && a.index < b.index) ||
      reads.some((read) => read.process === b.process && read.index < b.index && shows(read).includes(a.input));
    const isCause = (a: Operation, b: Operation, left: readonly Operation[]): boolean =>
      isDirect(a, b) ||
      left.some(
        (c) =>
          isDirect(a, c) &&
          isCause(
            c,
            b,
            left.filter((other) => other !== c),
          ),
      );
    return finals.flatMap((op) => {
      if (shows(op).length === 0) return updates.some(isAnswered) ? ["lost-write"] : [];
      return shows(op).flatMap((shown) => {
        const write = updates.find(({ input }) => input === shown);
        if (write === undefined) return ["unexpected-value"];
        return happened.some((later) => later !== write && isCause(write, later, happened)) ? ["lost-write"] : [];
      });
    });
  });

/** Random updates and reads, and closing reads of two nodes that show what `end` draws. */
function make(random: Random, max: number, draw: (i: number) => Draw, end: () => Json): Sketch[] {
  const updates = concurrently(random, { threads: 3, max }, (i, process) => ({ node: `n${process % 2}`, ...draw(i) }));
  const endNs = Math.max(...updates.map(({ call, ret = 0 }) => Math.max(call, ret))) + 1;
  const same = end();
  const finals = ["n0", "n1"].map(
    (node, i): Sketch => ({
      p: 900 + i,
      f: "read",
      node,
      call: endNs,
      ret: endNs + 1,
      ok: random.chance(0.7) ? same : end(),
      final: true,
    }),
  );
  return [...updates, ...(random.chance(0.95) ? finals : [])];
}

describe("replicated data types agree with their definitions", () => {
  const count = Math.ceil(runs(20_000) / 2);

  it.each(["g-counter", "pn-counter"] as const)("%s: every set of unknown additions", (type) => {
    agree({
      count,
      make: (random) => {
        let sum = 0;
        const wild = random.chance(0.6);
        return make(
          random,
          7,
          () => {
            const input = type === "g-counter" ? random.below(5) : random.below(9) - 4;
            const f = type === "pn-counter" && random.chance(0.3) ? "decrement" : random.pick(["add", "increment"]);
            sum += f === "decrement" ? -input : input;
            return { f, input };
          },
          () => sum + (wild ? random.below(7) - 3 : 0),
        );
      },
      actual: (made) => opinionOf(crdt(type), made),
      expected: wrongSums,
    });
  });

  it("or-set: every add with every remove", () => {
    agree({
      count: count * 2,
      make: (random) => {
        const held: number[] = [];
        const wild = random.chance(0.6);
        const shown = (): Json => [
          ...new Set(
            held.filter(() => !wild || !random.chance(0.2)).concat(wild && random.chance(0.3) ? [random.below(5)] : []),
          ),
        ];
        return make(
          random,
          9,
          (i) => {
            const f = random.pick(["add", "add", "remove", "read"]);
            if (f === "read") return { f, ok: shown() };
            const input = random.chance(0.7) ? random.below(4) : i;
            if (f === "add") held.push(input);
            else held.splice(0, held.length, ...held.filter((other) => other !== input));
            return { f, input };
          },
          shown,
        );
      },
      actual: (made) => opinionOf(crdt("or-set"), made),
      expected: wrongElements,
    });
  });

  it.each(["lww-register", "mv-register"] as const)("%s: the causes of every write", (type) => {
    agree({
      count,
      make: (random) => {
        const written: number[] = [];
        const wild = random.chance(0.9);
        const one = (): Json =>
          wild && random.chance(0.5)
            ? random.chance(0.1)
              ? 99
              : (random.pick([...written, null]) ?? null)
            : (written.at(-1) ?? null);
        const shown = (): Json =>
          type === "lww-register"
            ? one()
            : [...new Set([one(), ...(wild && random.chance(0.2) ? [one()] : [])])].filter((shown) => shown !== null);
        return make(
          random,
          7,
          (i) => {
            if (random.chance(0.5)) return { f: "read", ok: shown() };
            written.push(i + 1);
            return { f: "write", input: i + 1 };
          },
          shown,
        );
      },
      actual: (made) => opinionOf(crdt(type), made),
      expected: wrongValues(type),
    });
  });
});
