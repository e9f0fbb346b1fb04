import { describe, expect, it } from "vitest";
import { observe } from "../../../checkers/transactions/observations.ts";
import { replay } from "../../../checkers/transactions/replay.ts";
import { listOrders } from "../../../checkers/transactions/version-order-lists.ts";
import {
  BASE,
  type PairOptions,
  REAL_TIME,
  registerPairs,
  SESSION,
} from "../../../checkers/transactions/version-order-registers.ts";
import { completed, type VersionOrders } from "../../../checkers/transactions/version-orders.ts";
import { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { closed, knownOf, type Plain, plainOf, sightsIn, small, wordOf, writesIn } from "./by-definition.ts";
import type { Kind } from "./generate.ts";
import { sameLines } from "./lines.ts";
import { inRealTime, permutations, same } from "./oracle.ts";
import { sketched } from "./sketch.ts";

const HISTORIES = 300;

/** The transactions that count; which of two writers of a value that was seen is one of them is left to the checker. */
const countedIn = ({ txns }: Plain): number[] => {
  const { counts } = observe(txns);
  return [...counts.keys()].filter((t) => counts[t] === 1);
};

/** Of each key its chain and its tail, in words. */
function ordersInWords({ txns }: Plain, { chain, chainAt, tail, tailAt, position }: VersionOrders) {
  expect([chainAt.length, tailAt.length]).toEqual([txns.keyNames.length + 1, txns.keyNames.length + 1]);
  const rows = (of: Int32Array, at: Int32Array): string[][] =>
    txns.keyNames.map((_, k) => [...of.subarray(at[k], at[k + 1])].map((v) => wordOf(txns, v)));
  const chains = rows(chain, chainAt);
  const positions = [...position].flatMap((place, v) => (place === -1 ? [] : [`${wordOf(txns, v)} at ${place}`]));
  return { chains, tails: rows(tail, tailAt).map((of) => of.sort()), positions: positions.sort() };
}

const positionsOf = (chains: readonly (readonly string[])[]): string[] =>
  chains.flatMap((chain) => chain.map((version, i) => `${version} at ${i}`)).sort();

/** Of each key the final versions of transactions that count and that are not in its chain. */
function tailsOf(of: Plain, isUnordered: (key: string) => boolean, chains: readonly (readonly string[])[]): string[][] {
  const { finals } = writesIn(of);
  const counting = countedIn(of);
  return of.txns.keyNames.map((name, k) =>
    of.micros
      .flatMap(({ key, txn, wrote }) => (wrote !== undefined && key === name && counting.includes(txn) ? [wrote] : []))
      .filter((version) => finals.has(version) && !chains[k]?.includes(version) && !isUnordered(name))
      .sort(),
  );
}

const isPrefix = (a: readonly string[], b: readonly string[]): boolean => a.every((item, i) => item === b[i]);
const agree = (a: readonly string[], b: readonly string[]): boolean => isPrefix(a, b) || isPrefix(b, a);

describe("orders of lists", () => {
  it("are what the longest read shows, where all reads agree", () => {
    const tally = { ordered: 0, incompatible: 0, unsure: 0, duplicates: 0, misordered: 0 };
    // The read that shows most may be a short one, apart from what was aborted.
    const aborted = { does: "a x 8; a x 9", fate: "fail" } as const;
    const withAborted = [
      [1, 2],
      [2, 1],
      [2, 3],
    ].map(([first, second]) =>
      plainOf("list-append", sketched(aborted, "a x 1", "a x 2", "a x 3", "r x [1,8,9]", `r x [${first},${second}]`)),
    );
    const random = Array.from({ length: runs(HISTORIES) }, (_, seed) => small("list-append", seed));
    for (const of of [...withAborted, ...random]) {
      const { txns, plain, micros } = of;
      const { by, ambiguous } = writesIn(of);
      const statusOf = (version: string) => plain[by.get(version) ?? -1]?.status;
      const reads = micros.flatMap(({ shows, ...rest }) =>
        shows === undefined || ambiguous.has(rest.key) ? [] : [{ ...rest, shows }],
      );
      const lasting = (shows: readonly string[]): string[] => shows.filter((version) => statusOf(version) !== "fail");
      const sure = (shows: readonly string[]): string[] => shows.filter((version) => statusOf(version) === "ok");
      const twice = (shows: readonly string[]): string[] => shows.filter((item, i) => shows.indexOf(item) < i);
      const ofKey = (name: string) => reads.filter(({ key }) => key === name);
      const isTorn = (name: string): boolean =>
        ofKey(name).some((a) => ofKey(name).some((b) => !agree(lasting(a.shows), lasting(b.shows))));
      const isDoubled = (name: string): boolean => ofKey(name).some(({ shows }) => twice(shows).length > 0);
      const isUnordered = (name: string): boolean => ambiguous.has(name) || isTorn(name) || isDoubled(name);

      const seen = observe(txns);
      const found = listOrders(txns, seen);
      // Reads that contradict each other make no value ambiguous.
      sameLines(of, [seen.isAmbiguous], [observe(txns).isAmbiguous]);
      const chains = txns.keyNames.map((name) =>
        isUnordered(name)
          ? []
          : ofKey(name).reduce<string[]>((longest, { shows }) => {
              const list = lasting(shows);
              return list.length > longest.length ? list : longest;
            }, []),
      );
      const tails = tailsOf(of, isUnordered, chains);
      sameLines(of, [ordersInWords(of, found.orders)], [{ chains, tails, positions: positionsOf(chains) }]);
      sameLines(
        of,
        txns.keyNames.filter((_, k) => found.orders.isUnordered[k] === 1),
        txns.keyNames.filter(isUnordered),
      );
      expect(found.orders.isTotal).toBe(!txns.keyNames.some(isUnordered) && tails.every(({ length }) => length < 2));

      // One of each key is told at least, and nothing that is not so.
      const keysOf = (ms: readonly number[]): string[] => [...new Set(ms.map((m) => micros[m]?.key ?? ""))].sort();
      const showsOf = (m: number): readonly string[] => micros[m]?.shows ?? [];
      sameLines(of, keysOf(found.incompatible.map(({ one }) => one)), txns.keyNames.filter(isTorn).sort());
      sameLines(of, keysOf(found.duplicates.map(({ read }) => read)), txns.keyNames.filter(isDoubled).sort());
      const byKey = found.incompatible.map(({ one }) => txns.key[one] as number);
      sameLines(of, byKey, byKey.toSorted());
      for (const { one, other, surely } of found.incompatible) {
        const [a, b] = [showsOf(one), showsOf(other)];
        // The longer read is what the other one is held against.
        const isRight =
          micros[one]?.key === micros[other]?.key && a.length >= b.length && !agree(lasting(a), lasting(b));
        sameLines(of, [isRight, surely], [true, !agree(sure(a), sure(b))]);
        if (!surely) tally.unsure++;
      }
      for (const { read, element } of found.duplicates)
        sameLines(of, [twice(showsOf(read)).includes(wordOf(txns, element))], [true]);

      const placeOf = (version: string): number =>
        chains.flatMap((chain) => [chain.indexOf(version)]).find((i) => i >= 0) ?? -1;
      const misordered = countedIn(of).flatMap((t) =>
        txns.keyNames.flatMap((name) => {
          const own = micros.flatMap(({ txn, key, wrote }) => (txn === t && key === name && wrote ? [wrote] : []));
          return own.slice(1).flatMap((later, i) => {
            const earlier = own[i] as string;
            const isWrong = placeOf(later) !== -1 && (placeOf(earlier) === -1 || placeOf(earlier) > placeOf(later));
            return isWrong ? [`${t}: ${earlier}, ${later}`] : [];
          });
        }),
      );
      sameLines(
        of,
        found.misordered.map((m) => `${m.transaction}: ${wordOf(txns, m.earlier)}, ${wordOf(txns, m.later)}`).sort(),
        misordered.sort(),
      );
      tally.misordered += misordered.length;
      tally.duplicates += found.duplicates.length;
      tally.incompatible += found.incompatible.length;
      tally.ordered += chains.filter(({ length }) => length > 1).length;
    }
    // Each of them comes up.
    expect(Object.values(tally).every((count) => count > 0)).toBe(true);
  });
});

describe.each<Kind>(["list-append", "rw-register"])("%s: an order of transactions", (kind) => {
  it("completes the orders of versions", () => {
    for (let seed = 0; seed < runs(HISTORIES); seed++) {
      const of = small(kind, seed);
      const { txns } = of;
      const { seen, orders } = knownOf(of);
      const rank = Int32Array.from(new Random(seed, "rank").shuffle([...new Array(txns.count).keys()]));
      const full = completed(txns, orders, seen, rank);
      const [before, after] = [ordersInWords(of, orders), ordersInWords(of, full)];
      const { by } = writesIn(of);
      const rankOf = (version: string): number => rank[by.get(version) ?? -1] as number;
      const chains = before.chains.map((chain, k) => [
        ...chain,
        ...(before.tails[k] ?? []).sort((a, b) => rankOf(a) - rankOf(b)),
      ]);
      sameLines(
        of,
        [after, [...full.isUnordered]],
        [{ chains, tails: chains.map(() => []), positions: positionsOf(chains) }, [...orders.isUnordered]],
      );
      expect(full.isTotal).toBe(!orders.isUnordered.includes(1));
    }
  });

  it("is carried out, and shown to be serial or not, and to keep the order of sessions and of real time or not", () => {
    const tally = { serial: 0, sessions: 0, realTime: 0, all: 0 };
    for (let seed = 0; seed < runs(HISTORIES) / 4; seed++) {
      const of = small(kind, seed);
      const { plain } = of;
      const known = knownOf(of);
      const counting = countedIn(of);
      if (counting.length > 4) continue;
      for (const order of permutations(counting)) {
        const found = replay(known, Int32Array.from(order));
        const keeps = (isBefore: (a: number, b: number) => boolean): boolean =>
          order.every((b, i) => order.slice(i + 1).every((a) => !isBefore(a, b)));
        const expected = {
          isSerial: isSerial(of, order),
          keepsSessions: keeps((a, b) => a < b && plain[a]?.process === plain[b]?.process),
          keepsRealTime: keeps((a, b) => {
            const [one, other] = [plain[a], plain[b]];
            return one !== undefined && other !== undefined && inRealTime(one, other);
          }),
        };
        sameLines(of, [order, found], [order, expected]);
        tally.all++;
        if (found.isSerial) tally.serial++;
        if (found.keepsSessions) tally.sessions++;
        if (found.keepsRealTime) tally.realTime++;
      }
      // It must hold all that counts, once.
      const others = [...plain.keys()].filter((t) => !counting.includes(t));
      for (const wrong of [counting.slice(1), [...counting, ...counting], [...counting, ...others]])
        if (wrong.length !== counting.length) expect(replay(known, Int32Array.from(wrong)).isSerial).toBe(false);
    }
    for (const count of [tally.serial, tally.sessions, tally.realTime])
      expect(count > tally.all / 20 && count < tally.all).toBe(true);
  });

  it("is not serial where a read yielded no list", () => {
    const known = knownOf(plainOf("list-append", sketched("r x 7")));
    expect(replay(known, Int32Array.of(0)).isSerial).toBe(false);
  });

  /** True if each committed transaction reads what those before it, and itself, wrote last. */
  function isSerial({ plain }: Plain, order: readonly number[]): boolean {
    const now = new Map<string, unknown[]>();
    return order.every((t) =>
      plain[t]?.micros.every(({ f, key, value }) => {
        const list = now.get(key) ?? [];
        if (f === "r")
          return (
            plain[t]?.status !== "ok" ||
            same(value ?? [], (f === "r" && kind === "rw-register" ? (list.at(-1) ?? []) : list) as never)
          );
        now.set(key, [...list, value]);
        return true;
      }),
    );
  }
});

describe("orders of registers", () => {
  const levels: PairOptions["levels"] = [BASE, SESSION, REAL_TIME];

  it("follow from what a transaction read and wrote, from sessions, and from real time", () => {
    const tally = [0, 0, 0];
    for (let seed = 0; seed < runs(HISTORIES); seed++) {
      const of = small("rw-register", seed);
      const { txns, plain, micros } = of;
      const { seen, readers, orders } = knownOf(of);
      const { by, ambiguous, finals } = writesIn(of);
      const sights = sightsIn(of, { by, ambiguous, finals }).seen;
      const isClear = (key: string): boolean => !ambiguous.has(key);
      const counting = countedIn(of);
      const clear = txns.keyNames.filter(isClear);
      sameLines(
        of,
        [ordersInWords(of, orders).tails],
        [
          tailsOf(
            of,
            (key) => !isClear(key),
            txns.keyNames.map(() => []),
          ),
        ],
      );

      // What each transaction has of a key, one after the other.
      const hadBy = (t: number, key: string): { version: string; isWrite: boolean }[] =>
        micros.flatMap(({ txn, index, key: other, wrote }) => {
          const version = wrote ?? sights[index];
          if (txn !== t || other !== key || version === undefined) return [];
          return wrote === undefined || finals.has(wrote) ? [{ version, isWrite: wrote !== undefined }] : [];
        });
      const own: [string, string][] = [];
      const sessions: [string, string][] = [];
      const realTime: [string, string][] = [];
      for (const key of clear) {
        for (const t of counting) {
          const had = hadBy(t, key);
          const firstRead = had.findIndex(({ isWrite }) => !isWrite);
          const write = had.findIndex(({ isWrite }) => isWrite);
          const [from, to] = [had[firstRead]?.version, had[write]?.version];
          if (firstRead < write && from !== undefined && to !== undefined) own.push([from, to]);
        }
        for (const process of new Set(plain.map((txn) => txn.process))) {
          const had = counting
            .filter((t) => plain[t]?.process === process)
            .flatMap((t) => hadBy(t, key).map((one) => ({ ...one, t })));
          for (const [i, { version, isWrite, t }] of had.entries()) {
            const before = had[i - 1];
            const isOwn = isWrite && before !== undefined && !before.isWrite && before.t === t;
            if (before !== undefined && !isOwn) sessions.push([before.version, version]);
          }
        }
        const owners = counting.flatMap((t) =>
          hadBy(t, key)
            .filter(({ isWrite }) => isWrite || plain[t]?.status === "ok")
            .map(({ version }) => ({ version, t })),
        );
        for (const a of owners)
          for (const b of owners) {
            const [one, other] = [plain[a.t], plain[b.t]];
            // A version that nobody wrote has no place among them.
            const hasPlace = by.has(a.version) && finals.has(a.version) && (b.version === key || finals.has(b.version));
            if (one && other && inRealTime(one, other) && hasPlace && statusOf(a.version) && statusOf(b.version))
              realTime.push([a.version, b.version]);
          }
      }
      function statusOf(version: string): boolean {
        const writer = by.get(version);
        return writer === undefined || counting.includes(writer);
      }
      const real = (pairs: [string, string][]) => pairs.filter(([a, b]) => a !== b && a.includes(" "));
      const { before, after, level } = registerPairs(txns, seen, readers, orders, { levels, sessions: true });
      const found = [...before].map((v, i): [string, string, number] => [
        wordOf(txns, v),
        wordOf(txns, after[i] as number, txns.versionKey[v]),
        level[i] as number,
      ]);
      for (const [of3, expected] of [own, sessions].entries()) {
        const pairs = found.filter((pair) => pair[2] === of3).map(([a, b]) => `${a} < ${b}`);
        sameLines(
          of,
          pairs.sort(),
          real(expected)
            .map(([a, b]) => `${a} < ${b}`)
            .sort(),
        );
        tally[of3] = (tally[of3] as number) + pairs.length;
      }
      const inTime = found.filter((pair) => pair[2] === REAL_TIME);
      const expected = new Set(real(realTime).map(([a, b]) => `${a} < ${b}`));
      const all = closed(inTime.map(([a, b]) => [a, b]));
      const isContradicted = (version: string): boolean => all.has(`${version} < ${version}`);
      const wrong = inTime.map(([a, b]) => `${a} < ${b}`).filter((pair) => !expected.has(pair));
      // A version that comes before itself says enough.
      const missing = real(realTime).filter(
        ([a, b]) => !all.has(`${a} < ${b}`) && !txns.versionKey.some((_, v) => isContradicted(wordOf(txns, v))),
      );
      sameLines(of, [wrong, missing], [[], []]);
      tally[2] = (tally[2] as number) + inTime.length;

      const fewer = registerPairs(txns, seen, readers, orders, { levels: [REAL_TIME, BASE, SESSION], sessions: false });
      const without = found.filter((pair) => pair[2] !== SESSION);
      sameLines(
        of,
        [...fewer.before].map((v, i) => [
          wordOf(txns, v),
          wordOf(txns, fewer.after[i] as number, txns.versionKey[v]),
          fewer.level[i],
        ]),
        without.map(([a, b, of3]) => [a, b, of3 === BASE ? REAL_TIME : SESSION]),
      );
    }
    expect(tally.every((count) => count > 10)).toBe(true);
  });

  const pairsOf = (of: Plain): string[] => {
    const { txns } = of;
    const { seen, readers, orders } = knownOf(of);
    const { before, after } = registerPairs(txns, seen, readers, orders, { levels, sessions: true });
    return [...before].map((v, i) => `${wordOf(txns, v)} < ${wordOf(txns, after[i] as number)}`);
  };

  it("take no more pairs than there are versions, where these came one after the other in time", () => {
    const writes = Array.from({ length: 100 }, (_, i) => ({ does: `w x ${i}` }));
    const pairs = pairsOf(plainOf("rw-register", sketched(...writes)));
    expect(pairs).toEqual(writes.slice(1).map((_, i) => `x ${i} < x ${i + 1}`));
  });

  it("follow from real time too where writers return in the opposite order of their calls", () => {
    const writes = Array.from({ length: 40 }, (_, i) => ({ does: `w x ${i}`, at: [i, 1_000 - i] as const }));
    const last = { does: "w x 40", at: [980, 2_000] as const };
    const pairs = pairsOf(plainOf("rw-register", sketched(...writes, last)));
    expect(pairs.sort()).toEqual(writes.slice(21).map((_, i) => `x ${21 + i} < x 40`));
  });
});
