import { describe, expect, it } from "vitest";
import { dirtyReads, shownBy } from "../../../checkers/transactions/dirty.ts";
import { dueNs } from "../../../checkers/transactions/due.ts";
import { NOBODY, NOTHING, observe, writeOf } from "../../../checkers/transactions/observations.ts";
import { readersOf } from "../../../checkers/transactions/readers.ts";
import { INITIAL, NOT_KNOWN, READ } from "../../../checkers/transactions/transactions.ts";
import { runs } from "../../support/runs.ts";
import { countingIn, knownOf, type Plain, plainOf, sightsIn, small, wordOf, writesIn } from "./by-definition.ts";
import type { Kind } from "./generate.ts";
import { sameLines } from "./lines.ts";
import { sketched } from "./sketch.ts";

const HISTORIES = 300;

describe.each<Kind>(["list-append", "rw-register"])("%s: of small histories", (kind) => {
  const each = (check: (of: Plain) => void): void => {
    for (let seed = 0; seed < runs(HISTORIES); seed++) check(small(kind, seed));
  };

  it("the columns hold every micro-operation as it is in the history", () =>
    each((of) => {
      const { txns, micros } = of;
      const found = [...txns.f].map((f, m) => {
        const key = txns.key[m] as number;
        const version = txns.version[m] as number;
        if (version === NOT_KNOWN) return `r ${txns.keyNames[key]}`;
        if (f !== READ) return `w ${wordOf(txns, version, key)}`;
        const shown = [...shownBy(txns, m)];
        if (shown.at(-1) !== (version === INITIAL ? undefined : version)) return "the last element is another";
        return `r ${txns.keyNames[key]}: ${shown.map((v) => wordOf(txns, v))}`;
      });
      const expected = micros.map(({ key, shows, wrote }) =>
        wrote !== undefined ? `w ${wrote}` : shows === undefined ? `r ${key}` : `r ${key}: ${shows}`,
      );
      sameLines(of, found, expected);
    }));

  it("it is known who wrote what, and what came last", () =>
    each((of) => {
      const { txns, micros, plain } = of;
      const { writer, isFinal, isAmbiguous, ambiguous, counts } = observe(txns);
      const writes = writesIn(of);
      const found = [...txns.versionKey].flatMap((k, v) => {
        const name = wordOf(txns, v);
        if (writes.ambiguous.has(txns.keyNames[k] as string)) return writer[v] === NOBODY ? [] : [name];
        return `${name} by ${writer[v]}, final ${isFinal[v]}`;
      });
      const expected = [...txns.versionKey].flatMap((k, v) => {
        const name = wordOf(txns, v);
        const by = writes.by.get(name);
        if (writes.ambiguous.has(txns.keyNames[k] as string)) return by === undefined ? [] : [name];
        return `${name} by ${by ?? NOBODY}, final ${writes.finals.has(name) ? 1 : 0}`;
      });
      sameLines(of, found, expected);
      sameLines(of, [...txns.keyNames.filter((_, k) => isAmbiguous[k] === 1), ambiguous].sort(), [
        ...[...writes.ambiguous, writes.ambiguous.size].sort(),
      ]);
      // Which of two writers of a value was seen, nobody can say.
      const isClear = (t: number): boolean =>
        plain[t]?.status !== "info" || !micros.some(({ txn, key }) => txn === t && writes.ambiguous.has(key));
      const clear = [...plain.keys()].filter(isClear);
      const counting = countingIn(of);
      sameLines(
        of,
        clear.filter((t) => counts[t] === 1),
        clear.filter((t) => counting.includes(t)),
      );
    }));

  it("a transaction is due when it or who saw it had returned, and one that never did and nobody saw when it was called", () =>
    each((of) => {
      const { plain, micros } = of;
      const writes = writesIn(of);
      const { seen } = sightsIn(of, writes);
      const found = [...dueNs(knownOf(of))];
      const expected = plain.map(({ call, ret }, t) => {
        const sawIt = micros.filter((_, m) => writes.by.get(seen[m] ?? "") === t).map(({ txn }) => plain[txn]?.ret);
        const dueNs = Math.min(ret, ...sawIt.map((ns) => ns ?? 0));
        return dueNs === Number.POSITIVE_INFINITY ? call : dueNs;
      });
      // Which of two writers of a value was seen, nobody can say.
      const isClear = (t: number): boolean => !micros.some(({ txn, key }) => txn === t && writes.ambiguous.has(key));
      sameLines(
        of,
        found.flatMap((ns, t) => (isClear(t) ? [`${t}: ${ns}`] : [])),
        expected.flatMap((ns, t) => (isClear(t) ? [`${t}: ${ns}`] : [])),
      );
    }));

  it("it is known what each read shows of others, by whom it was seen, and who disagrees with himself", () =>
    each((of) => {
      const { txns, micros } = of;
      const observed = observe(txns);
      const { seen, mistakes } = sightsIn(of, writesIn(of));
      const found = [...observed.seen].map((v, m) => (v === NOTHING ? undefined : wordOf(txns, v, txns.key[m])));
      sameLines(of, found, seen);
      sameLines(
        of,
        observed.mistakes.map(({ kind, transaction, read, other }) => {
          const isRight = [read, other].every((m) => micros[m]?.txn === transaction);
          return isRight ? `${kind} ${read} ${other}` : `not of transaction ${transaction}`;
        }),
        mistakes,
      );
      expect(observed.reads).toBe(micros.filter(({ shows }) => shows !== undefined).length);
      const { at, transaction } = readersOf(txns, observed);
      const slots = [...txns.versionKey.keys()].map((v) => wordOf(txns, v)).concat(txns.keyNames);
      sameLines(
        of,
        [...at].slice(1).map((end, slot) => [...transaction.subarray(at[slot], end)]),
        slots.map((slot) => micros.filter(({ index }) => seen[index] === slot).map(({ txn }) => txn)),
      );
    }));

  it("a read that yielded no list shows nothing, and is not counted", () => {
    const { seen, reads, mistakes } = observe(plainOf("list-append", sketched("r x 7; a x 1; r x 8; r x [1]")).txns);
    expect([[...seen], reads, mistakes]).toEqual([[NOTHING, NOTHING, NOTHING, INITIAL], 1, []]);
  });

  it("a transaction's write of a version is found, and no other", () =>
    each((of) => {
      const { txns, plain, micros } = of;
      for (const t of plain.keys())
        for (const v of txns.versionKey.keys()) {
          const name = wordOf(txns, v);
          expect(writeOf(txns, t, v)).toBe(
            micros.find(({ txn, wrote }) => txn === t && wrote === name)?.index ?? NOBODY,
          );
        }
    }));

  it("reads of what no transaction wrote, or aborted, or wrote over are told, and nothing else", () => {
    const tally = new Map<string, number>();
    each((of) => {
      const { txns, plain, micros } = of;
      const { by, finals, ambiguous } = writesIn(of);
      const { seen } = sightsIn(of, { by, finals, ambiguous });
      const statusOf = (version: string | undefined): string | undefined => plain[by.get(version ?? "") ?? -1]?.status;
      const expected: string[] = [];
      for (const { txn, index, key, shows } of micros) {
        for (const [i, version] of shows?.entries() ?? []) {
          const writer = by.get(version);
          if (writer === undefined) expected.push(`thin-air-read ${index} ${version} ${NOBODY}`);
          if (ambiguous.has(key) || statusOf(version) !== "fail") continue;
          expected.push(`G1a ${index} ${version} ${writer}`);
          const next = shows?.[i + 1];
          const writesLater = micros.some((m) => m.txn === txn && m.key === key && m.index > index && m.f !== "r");
          if (statusOf(next) === "ok") expected.push(`dirty-update ${index} ${version} ${by.get(next ?? "")}`);
          else if (writesLater) expected.push(`dirty-update ${index} ${version} ${txn}`);
        }
        const version = seen[index];
        const writer = by.get(version ?? "");
        if (version === undefined || writer === undefined || finals.has(version) || ambiguous.has(key)) continue;
        if (statusOf(version) !== "fail") expected.push(`G1b ${index} ${version} ${writer}`);
      }
      const found = dirtyReads(knownOf(of)).map(({ kind, transaction, read, version, by }) =>
        micros[read]?.txn === transaction ? `${kind} ${read} ${wordOf(txns, version)} ${by}` : "of another transaction",
      );
      sameLines(of, found.sort(), expected.sort());
      for (const line of expected) tally.set(line.split(" ")[0] ?? "", (tally.get(line.split(" ")[0] ?? "") ?? 0) + 1);
    });
    expect([...tally.keys()]).toEqual(expect.arrayContaining(["G1a", "G1b", "thin-air-read"]));
  });
});
