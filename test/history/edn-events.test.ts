import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.ts";
import { EdnReader } from "../../src/history/edn.ts";
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

function form(random: Random, depth: number): string {
  if (depth === 0 || random.below(3) === 0) return pick(random, SCALARS);
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

/** The forms that the reader gives for the text in pieces; `undefined` if it refuses it. */
function read(text: string, random: Random): Placed[] | undefined {
  const forms: Placed[] = [];
  const reader = new EdnReader((form, line) => forms.push({ form, line }));
  const size = 1 + random.below(random.below(2) === 0 ? 8 : 200);
  try {
    for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
    reader.end();
  } catch (error) {
    expect((error as Error).name, text).toBe("HistoryError");
    return undefined;
  }
  return forms;
}

describe("the EDN reader", () => {
  it("agrees with slow and obvious rules on random texts, whole and broken, however they are cut into pieces", () => {
    const count = { read: 0, refused: 0 };
    const times = runs(20_000);
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
});
