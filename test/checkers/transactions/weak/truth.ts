import { show } from "../../../../checkers/shared/values.ts";
import type { Anomaly } from "../../../../src/core/checker.ts";
import { type ListMicro, type Micro, processesOf, type Txn } from "./generate.ts";

type Txns = readonly Txn<ListMicro | Micro>[];

const VALUE = String.raw`\d+|\[[^\]]*\]`;
/** "x = 3, which transaction 5 wrote", or "x = [1, 3], of which transaction 5 appended 3". */
const SEEN = String.raw`(\w+) = (${VALUE}), (?:which transaction (\d+) wrote|of which transaction (\d+) appended (\d+))`;
const WROTE = String.raw`(?:wrote (\w+) = (\d+)|appended (\d+) to (\w+))`;
const HIDDEN = SEEN.replaceAll(/\((?!\?)/g, "(?:");
const WROTE_HIDDEN = WROTE.replaceAll(/\((?!\?)/g, "(?:");
const REASONS = {
  read: new RegExp(String.raw`^transaction (\d+) read (${HIDDEN})$`),
  session: /^process (\d+) did transaction (\d+) before transaction (\d+)$/,
  append: new RegExp(
    String.raw`^transaction (\d+) (${WROTE_HIDDEN}) after transaction (\d+) (${WROTE_HIDDEN})(, since no read shows it)?$`,
  ),
  demand: new RegExp(
    String.raw`^transaction (\d+) \(process (\d+)\) read (${HIDDEN}), (.*); as transaction (\d+) (${WROTE_HIDDEN}), it must have been committed before transaction (\d+)$`,
  ),
  missed: new RegExp(
    String.raw`^transaction (\d+) \(process (\d+)\) found (\w+) (never written|empty), although transaction (\d+) (${WROTE_HIDDEN}), and it had to see that: `,
  ),
};
const WHY = {
  seen: new RegExp(`^(after it had|and it also) read (${HIDDEN})$`),
  session: /^after transaction (\d+) of the same process$/,
  cause: /^with transaction (\d+) among its causes(?: \(by way of transactions? ([\d, ]+)(?: and (\d+) more)?\))?$/,
};

/** Anomalies that know nothing of sessions. */
const WITHOUT_SESSIONS = [
  "circular-information-flow",
  "dirty-write",
  "fractured-read",
  "observed-transaction-vanishes",
];
/** How a demand is founded, by what it breaks. */
const FOUNDED: Readonly<Record<string, readonly RegExp[]>> = {
  "cyclic-cf": [WHY.cause],
  "fractured-read": [/^and it also/],
  "fractured-read-in-session": [/^and it also/, WHY.session],
  "observed-transaction-vanishes": [/^after it had/],
  "write-co-read": [WHY.cause],
};
const MAX_TOLD = 5;

/** What is not true of the history, or ill told, in the explanation of a circle or of a write that was missed. */
export function untruth({ kind, key, explanation, ops, because }: Anomaly, txns: Txns): string | undefined {
  const processes = processesOf(txns);
  const micros = (t: number): readonly (ListMicro | Micro)[] => txns[t]?.micros ?? [];
  const isWrite = ({ f }: ListMicro | Micro): boolean => f !== "r";
  const lastWrite = (t: number, k: string | undefined): unknown =>
    micros(t).findLast((micro) => isWrite(micro) && micro.key === k)?.value;
  const wrote = (t: number, text: string): { key: string; value: number } | undefined => {
    const [, a, b, c, d] = new RegExp(`^${WROTE}$`).exec(text) ?? [];
    const made = { key: a ?? d ?? "", value: Number(b ?? c) };
    return micros(t).some((micro) => isWrite(micro) && micro.key === made.key && micro.value === made.value)
      ? made
      : undefined;
  };
  const wroteLast = (t: number, text: string, k: string | undefined): boolean => {
    const made = wrote(t, text);
    return made !== undefined && made.key === k && lastWrite(t, k) === made.value;
  };
  /** At which of its micro-operations a transaction read this from another. */
  const readAt = (t: number, from: number, text: string): number[] => {
    const [, k = "", value = "", writer, appender, last] = new RegExp(`^${SEEN}$`).exec(text) ?? [];
    if (Number(writer ?? appender) !== from || t === from || txns[t]?.status !== "committed") return [];
    return micros(t).flatMap((micro, m) => {
      if (isWrite(micro) || micro.key !== k || show(micro.value) !== value) return [];
      const own = micros(t).filter((other, n) => n < m && isWrite(other) && other.key === k).length;
      if (!Array.isArray(micro.value)) return own === 0 && lastWrite(from, k) === micro.value ? [m] : [];
      const of = micro.value.at(-1 - own);
      return Number(last) === of && lastWrite(from, k) === of ? [m] : [];
    });
  };
  const longestOf = (k: string | undefined): readonly number[] =>
    txns
      .flatMap(({ micros, status }) => (status === "committed" ? micros : []))
      .flatMap(({ f, key, value }) => (f === "r" && key === k && Array.isArray(value) ? [value as number[]] : []))
      .reduce((a, b) => (b.length > a.length ? b : a), []);
  const keyOf = (text: string): string => /^\w+/.exec(text)?.[0] ?? "";
  const sameProcess = (a: number, b: number): boolean => processes[a] === processes[b] && a < b;
  const readsFrom = (t: number, from: number): boolean => micros(t).some(({ key: k }) => readAnything(t, from, k));
  function readAnything(t: number, from: number, k: string): boolean {
    const last = lastWrite(from, k);
    return (
      last !== undefined &&
      [...micros(t).entries()].some(([, micro]) => {
        const shown = show(micro.value);
        const texts = Array.isArray(micro.value)
          ? [`${k} = ${shown}, of which transaction ${from} appended ${last}`]
          : [`${k} = ${shown}, which transaction ${from} wrote`];
        return !isWrite(micro) && texts.some((text) => readAt(t, from, text).length > 0);
      })
    );
  }
  /** Why a reader had to see `from`, other than the read at some of `at`. */
  const isFounded = (reader: number, from: number, at: readonly number[], why: string): boolean => {
    if (!(FOUNDED[kind] ?? []).some((pattern) => pattern.test(why))) return false;
    const [, , seen] = WHY.seen.exec(why) ?? [];
    if (seen !== undefined) {
      const before = readAt(reader, from, seen);
      return why.startsWith("after") ? before.some((m) => at.some((n) => m < n)) : before.some((m) => !at.includes(m));
    }
    const [, own] = WHY.session.exec(why) ?? [];
    if (own !== undefined) return Number(own) === from && sameProcess(from, reader);
    const [, cause, between = "", more] = WHY.cause.exec(why) ?? [];
    const path = [from, ...between.split(", ").filter(Boolean).map(Number), reader];
    const known = more === undefined ? path : path.slice(0, -1);
    return (
      Number(cause) === from &&
      known.slice(1).every((t, i) => sameProcess(known[i] ?? -1, t) || readsFrom(t, known[i] ?? -1)) &&
      (more === undefined || (path.length === 6 && Number(more) > 0)) &&
      path.slice(1, -1).every((t) => ops.includes(t))
    );
  };
  const isTrue = (from: number, to: number, reason: string): boolean => {
    const read = REASONS.read.exec(reason);
    if (read) return Number(read[1]) === to && readAt(to, from, read[2] ?? "").length > 0;
    const session = REASONS.session.exec(reason);
    if (session) {
      const [p, a, b] = session.slice(1).map(Number);
      return (
        a === from && b === to && sameProcess(from, to) && p === processes[from] && !WITHOUT_SESSIONS.includes(kind)
      );
    }
    const append = REASONS.append.exec(reason);
    if (append) {
      const [, later, what = "", earlier, before = ""] = append;
      const [made, known] = [wrote(to, what), wrote(from, before)];
      if (Number(later) !== to || Number(earlier) !== from || made?.key !== known?.key) return false;
      const list = longestOf(made?.key);
      const [first, second] = [known, made].map((append) => list.indexOf(append?.value ?? -1)) as [number, number];
      return first !== -1 && (reason.endsWith("shows it") ? second === -1 : first < second);
    }
    const [, reader, process, seen = "", why = "", writer, what = "", before] = REASONS.demand.exec(reason) ?? [];
    const at = readAt(Number(reader), to, seen);
    return (
      Number(process) === processes[Number(reader)] &&
      Number(writer) === from &&
      Number(before) === to &&
      at.length > 0 &&
      wroteLast(from, what, keyOf(seen)) &&
      isFounded(Number(reader), from, at, why)
    );
  };

  const wrong = because.find(({ from, to, reason }) => !isTrue(from, to, reason));
  if (wrong !== undefined) return `not true: ${wrong.reason}`;
  const isSession = ({ reason }: { readonly reason: string }): boolean => reason.startsWith("process");
  if (because.some((step, i) => i > 0 && isSession(step) && isSession(because[i - 1] ?? step)))
    return "steps of a session apart";
  const mentioned = [...explanation.matchAll(/transactions? (\d+(?:, \d+)*)/g)].flatMap(([, list = ""]) =>
    list.split(", ").map(Number),
  );
  const sorted = [...new Set([...mentioned, ...because.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  if (explanation.includes(" more") ? mentioned.some((t) => !ops.includes(t)) : sorted.join() !== ops.join())
    return `${ops} for ${sorted}`;
  const demands = because.filter(({ reason }) => REASONS.demand.test(reason));
  const others = because.filter((step) => !demands.includes(step));
  const steps = [demands, others].flatMap((part) => part.slice(0, MAX_TOLD));
  if (steps.some(({ reason }) => !explanation.includes(reason))) return "a step that is not told";
  for (const part of [demands, others])
    if (part.length > MAX_TOLD && !explanation.includes(`and ${part.length - MAX_TOLD} more steps`))
      return "not all steps are counted";

  const missed = REASONS.missed.exec(explanation);
  if (missed) {
    const [, reader, process, k, how, writer, what = ""] = missed;
    const t = Number(reader);
    const found = micros(t).some((micro, m) => {
      if (isWrite(micro) || micro.key !== k) return false;
      const own = micros(t).filter((other, n) => n < m && isWrite(other) && other.key === k).length;
      return micro.value === null || (Array.isArray(micro.value) && micro.value.length === own);
    });
    const isChain = because[0]?.from === Number(writer) && because.at(-1)?.to === t;
    const isTold = key === k && Number(process) === processes[t] && (how === "empty") === what.startsWith("a");
    return found && isChain && isTold && wroteLast(Number(writer), what, k) ? undefined : "no write that was missed";
  }
  if (because[0]?.from !== Math.min(...because.map(({ from }) => from))) return "not begun at the first transaction";
  if (isSession(because[0]) && isSession(because.at(-1) ?? because[0])) return "begun in the midst of a session";
  const keys = new Set(demands.map(({ reason }) => keyOf(REASONS.demand.exec(reason)?.[3] ?? "")));
  return (key ?? "") === (keys.size === 1 ? [...keys].join() : "") ? undefined : `key ${key} of ${[...keys]}`;
}
