import { describe, expect, it } from "vitest";
import type { History } from "../../src/core/history.ts";
import { Random } from "../../src/core/random.ts";
import { EdnReader } from "../../src/history/edn.ts";
import { JepsenDecoder } from "../../src/history/jepsen.ts";
import { runs } from "../support/runs.ts";
import { type Placed, readPlainEdn } from "./edn-oracle.ts";

const pick = <T>(random: Random, choices: readonly T[]): T => choices[random.below(choices.length)] as T;

const KEYS = [":index", ":type", ":process", ":time", ":f", ":value", ":key", ":error", ":a", "7", '"s"'] as const;
const SCALARS = [
  ...[
    "nil",
    "true",
    "false",
    "0",
    "7",
    "-3",
    "+4",
    "-0",
    "12345",
    "20206360874",
    "9007199254740993",
    "123456789012345",
  ],
  ...["1234567890123456", ":r", ":append", ":ok", "::own", ":a/b", '"n1"', '""', '"a text of some length"', "x", "-"],
] as const;
const GAPS = [" ", " ", " ", ", ", "\n", "\t ", " ; note ]}\n", " #_[x {:y 1}] "] as const;
const BRACKETS = [
  ["[", "]"],
  ["[", "]"],
  ["[", "]"],
  ["(", ")"],
  ["#{", "}"],
] as const;

const INTEGERS = ["0", "1", "2", "3", "31", "999999999", "1000000000", "2147483648", "00"] as const;

function form(random: Random, depth: number): string {
  if (depth === 0 || random.below(3) === 0) return pick(random, SCALARS);
  if (random.below(4) === 0)
    return `[${Array.from({ length: random.below(5) }, () => INTEGERS[random.below(random.below(60) === 0 ? 9 : 8)]).join(" ")}]`;
  if (random.below(6) === 0) return map(random, depth);
  const [open, close] = pick(random, BRACKETS);
  const items = Array.from({ length: random.below(6) }, () => form(random, depth - 1));
  return `${open}${items.join(pick(random, GAPS))}${close}`;
}

function map(random: Random, depth: number): string {
  const keys = KEYS.filter(() => random.below(2) === 0);
  if (random.below(20) === 0) keys.push(pick(random, KEYS));
  return `{${keys.map((key) => `${key} ${form(random, depth - 1)}`).join(pick(random, GAPS))}}`;
}

const NOISE = ["", "]", "}", "(", "{", "[", '"', " ", "\n", ":", "1", "nil", "#_", ";", "#{", "01"] as const;

/** A history's text; half of them with a character or two replaced. */
function document(random: Random): string {
  const [open, close] = pick(random, [
    ["", ""],
    ["", ""],
    ["[", "]"],
    ["(\n", ") ; end"],
  ] as const);
  const events = Array.from({ length: random.below(4) }, () => map(random, 3));
  let text = `${open}${events.join(pick(random, GAPS))}${close}`;
  for (let times = random.below(2) * (1 + random.below(2)); times > 0; times--) {
    const at = random.below(text.length + 1);
    // What stands behind a # may make a tag of it, which the oracle does not know.
    if (text[at - 1] !== "#") text = text.slice(0, at) + pick(random, NOISE) + text.slice(at + random.below(2));
  }
  return text;
}

/** Gives the text to a reader in pieces, and ends it. */
function pushPieces(text: string, reader: { push(chunk: Uint8Array): void }, random: Random): void {
  const size = 1 + random.below(random.below(2) === 0 ? 8 : 200);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
}

/** The forms that the reader gives for the text in pieces; `undefined` if it refuses it. */
function read(text: string, random: Random): Placed[] | undefined {
  const forms: Placed[] = [];
  const reader = new EdnReader((form, line) => forms.push({ form, line }));
  try {
    pushPieces(text, reader, random);
    reader.end();
  } catch (error) {
    expect((error as Error).name, text).toBe("HistoryError");
    return undefined;
  }
  return forms;
}

const FUNCTIONS = [":txn", ":txn", ":read", ":w"] as const;
const PREFIXES = ["#jepsen.history.Op", "#a #b ", "#_{:type 1 :f} ", "#t #_{:f :x} ", "#:own", "#{} "];
const MORE = [
  ":a",
  ":debug 1",
  ":exception {:via [:x] :type :ok}",
  ":index 4",
  ":time 5",
  ':node "n1"',
  ":type :ok",
  '"key" :k',
];

/** Events of three processes, most of which do one thing at a time; some with keys too many, twice or too few. */
function events(random: Random): string {
  const open = new Map<number, string>();
  const texts = Array.from({ length: 1 + random.below(8) }, (_, index) => {
    const process = random.below(3);
    const before = open.get(process);
    const f = before ?? pick(random, FUNCTIONS);
    const type = before === undefined ? ":invoke" : pick(random, [":ok", ":ok", ":fail", ":info"]);
    if (before === undefined) open.set(process, f);
    else open.delete(process);
    const entries = [`:type ${type}`, `:process ${process}`, `:f ${f}`, `:value ${form(random, 3)}`, `:index ${index}`];
    if (random.below(3) === 0) entries.push(`:time ${20_000_000_000 + random.below(20)}`);
    if (random.below(3) === 0) entries.push(`:error ${form(random, 1)}`);
    if (random.below(6) === 0) entries.push(`:key ${pick(random, SCALARS)}`);
    if (random.below(8) === 0) entries.push(pick(random, MORE));
    if (random.below(8) === 0) entries.push(`:debug ${index}`);
    if (random.below(24) === 0) entries.splice(random.below(entries.length), 1);
    const at = random.below(entries.length);
    const shuffled = [...entries.slice(at), ...entries.slice(0, at)];
    return `${random.below(6) === 0 ? pick(random, PREFIXES) : ""}{${shuffled.join(pick(random, GAPS))}}`;
  });
  const [opener, closer] = pick(random, [
    ["", ""],
    ["[", "]"],
  ] as const);
  return `${opener}${texts.join(pick(random, GAPS))}${closer}`;
}

/** What `readAll` gives, or what it says against it. */
function outcome(readAll: () => History): History | string {
  try {
    return readAll();
  } catch (error) {
    expect((error as Error).name).toBe("HistoryError");
    return (error as Error).message;
  }
}

describe("the EDN reader", () => {
  it("agrees with slow and obvious rules on random texts, whole and broken, however they are cut into pieces", () => {
    const count = { read: 0, refused: 0 };
    const times = runs(10_000);
    for (let seed = 0; seed < times; seed++) {
      const random = new Random(seed, "edn");
      const text = document(random);
      const expected = readPlainEdn(text);
      const found = read(text, random);
      expect(found, `seed ${seed}: ${JSON.stringify(text)}`).toEqual(expected);
      count[expected === undefined ? "refused" : "read"]++;
    }
    expect(count.refused).toBeGreaterThan(times / 5);
    expect(count.read).toBeGreaterThan(times / 3);
  });

  it("shares vectors that recur, and never others", () => {
    const random = new Random(1, "recurring");
    const item = (): string => pick(random, ["0", "1", "2", "33", "nil", ":a", '"1"', "a", "true", "-1", "[]"]);
    const vector = (): string => `[${Array.from({ length: random.below(4) }, item).join(" ")}]`;
    const text = `{:value [${Array.from({ length: 6_000 }, () => `[${vector()} ${vector()} ${item()}]`).join(" ")}]}`;
    expect(read(text, random)).toEqual(readPlainEdn(text));
  });
});

describe("Jepsen's EDN", () => {
  it("is read event by event as it is map by map, however it is cut into pieces", () => {
    const count = { read: 0, refused: 0 };
    const times = runs(2_000);
    for (let seed = 0; seed < times; seed++) {
      const random = new Random(seed, "jepsen-events");
      const text = events(random);
      const byMaps = outcome(() => {
        const decoder = new JepsenDecoder();
        const reader = new EdnReader((form, line) => decoder.add(form, line));
        reader.push(Buffer.from(text));
        reader.end();
        return decoder.end();
      });
      const byEvents = outcome(() => {
        const decoder = new JepsenDecoder();
        pushPieces(text, decoder, random);
        return decoder.end();
      });
      expect(byEvents, `seed ${seed}: ${JSON.stringify(text)}`).toEqual(byMaps);
      count[typeof byMaps === "string" ? "refused" : "read"]++;
    }
    expect(count.refused).toBeGreaterThan(times / 5);
    expect(count.read).toBeGreaterThan(times / 5);
  });
});
