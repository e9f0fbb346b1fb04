import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { EdnReader, parseEdn } from "../../src/history/edn.ts";
import { cutBytes } from "./arbitraries.ts";

/** A value in EDN, and what must become of it. */
interface Printed {
  readonly text: string;
  readonly value: Json;
}

const printedString = (value: string): string =>
  `"${value.replace(/[\\"]/g, "\\$&").replaceAll("\t", "\\t").replaceAll("\r", "\\r")}"`;
const name = fc.stringMatching(/^[a-zé*!_?$%&=<>.-][a-z0-9é*+!_?$%&=<>#:'.-]{0,7}$/);
const namePart = name.filter((text) => !["nil", "true", "false"].includes(text) && !/^[-.]\d/.test(text));

const scalar: fc.Arbitrary<Printed> = fc.oneof(
  fc.constantFrom<Printed>(
    { text: "nil", value: null },
    { text: "true", value: true },
    { text: "false", value: false },
  ),
  fc.maxSafeInteger().map((value) => ({ text: String(value), value })),
  fc.maxSafeInteger().map((value) => ({ text: `${value}N`, value })),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map((value) => ({ text: String(value), value: String(value) })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ text: String(value).replace("e+", "e"), value: value + 0 }))
    .filter(({ text, value }) => Number.isSafeInteger(value) || /[.e]/.test(text)),
  fc.string({ unit: "binary" }).map((value) => ({ text: printedString(value), value })),
  namePart.map((value) => ({ text: `:${value}`, value })),
  namePart.map((value) => ({ text: value, value })),
);

const gap = fc.constantFrom(" ", ",", "\n", "\t ", " ; note ] }\n", ' #_ [x {:y "}"}] ', "\r\n");

const joined = (items: readonly Printed[], gaps: readonly string[]): string =>
  items.map(({ text }, i) => `${text}${gaps[i % gaps.length] ?? " "}`).join("");

const { form } = fc.letrec<{ form: Printed }>((tie) => ({
  form: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    scalar,
    fc
      .record({
        items: fc.array(tie("form"), { maxLength: 4 }),
        gaps: fc.array(gap, { minLength: 1, maxLength: 3 }),
        brackets: fc.constantFrom(["[", "]"], ["(", ")"], ["#{", "}"], ["#some.Tag [", "]"], ["#tag/x(", ")"]),
      })
      .map(({ items, gaps, brackets }) => ({
        text: `${brackets[0]}${joined(items, gaps)}${brackets[1]}`,
        value: items.map(({ value }) => value),
      })),
    fc
      .record({
        entries: fc.uniqueArray(fc.tuple(namePart, tie("form")), { maxLength: 4, selector: ([key]) => key }),
        gaps: fc.array(gap, { minLength: 1, maxLength: 3 }),
        opening: fc.constantFrom("{", "#jepsen.history.Op{", "#rec {"),
      })
      .map(({ entries, gaps, opening }) => ({
        text: `${opening}${joined(
          entries.flatMap(([key, printed]) => [{ text: `:${key}`, value: null }, printed]),
          gaps,
        )}}`,
        value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
      })),
  ),
}));

const read = (...pieces: (string | Uint8Array)[]): { form: Json; line: number }[] => {
  const forms: { form: Json; line: number }[] = [];
  const reader = new EdnReader((form, line) => forms.push({ form, line }));
  for (const piece of pieces) reader.push(Buffer.from(piece));
  reader.end();
  return forms;
};

describe("parseEdn", () => {
  it("reads what was printed", () => {
    fc.assert(
      fc.property(fc.array(form, { maxLength: 4 }), fc.array(gap, { minLength: 1 }), (forms, gaps) => {
        expect(parseEdn(joined(forms, gaps))).toEqual(forms.map(({ value }) => value));
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, Json[]]>([
    ["+7 -0 -3 0", [7, 0, -3, 0]],
    ["9007199254740991 9007199254740992 -9007199254740993N", [2 ** 53 - 1, "9007199254740992", "-9007199254740993"]],
    ["1.5 -2. 3e2 4E-1 1.50M 7M", [1.5, -2, 300, 0.4, 1.5, 7]],
    ["1e999 -0.0", ["1e999", 0]],
    ["22/7 0x1F -0x10", ["22/7", 31, -16]],
    ["##Inf ##-Inf ##NaN", ["Infinity", "-Infinity", "NaN"]],
    ["- + -a +b .c ...", ["-", "+", "-a", "+b", ".c", "..."]],
    [":a/b ::c :1 :a#b' x/y", ["a/b", "c", "1", "a#b'", "x/y"]],
    [
      '\\a \\newline \\space \\u0041 \\o101 \\( \\\\ \\" \\; \\😀',
      ["a", "\n", " ", "A", "A", "(", "\\", '"', ";", "😀"],
    ],
    ['"a\\tb\\n\\\\\\"\\u00e9\\101\\0"', ['a\tb\n\\"éA\0']],
    ['"line\nline"', ["line\nline"]],
    ['#inst "2020-01-01T00:00:00Z" #uuid "f81d"', ["2020-01-01T00:00:00Z", "f81d"]],
    ['#object[java.lang.Thread 0x2a "Thread[main]"]', [["java.lang.Thread", 42, "Thread[main]"]]],
    [
      '#error {:cause "x", :via [{:type java.io.IOException}]}',
      [{ cause: "x", via: [{ type: "java.io.IOException" }] }],
    ],
    ["#jepsen.history.Op{:index 0, :type :invoke}", [{ index: 0, type: "invoke" }]],
    ['#:jepsen{:a 1, :b/c 2, :_/d 3, "e" 4}', [{ "jepsen/a": 1, "b/c": 2, d: 3, e: 4 }]],
    ['#"\\d+\\"" #\'user/x', ['\\d+\\"', "user/x"]],
    ["[1 #_2 #_ #_ 3 4 5]", [[1, 5]]],
    ["{:a #_:b 1 #_#_:c 2}", [{ a: 1 }]],
    ['{1 :x, nil :y, [1 2] :z, "s" {}}', [{ 1: "x", nil: "y", "[1,2]": "z", s: {} }]],
    ["#{} #{1} () {}", [[], [1], [], {}]],
    ['[[]{}""[]]', [[[], {}, "", []]]],
    ["; only a comment", []],
    ["#_ gone", []],
  ])("reads %s", (text, values) => {
    expect(parseEdn(text)).toEqual(values);
  });

  it("makes a key of __proto__ like of any other", () => {
    const [map] = parseEdn("{:__proto__ {:a 1}}");
    expect(Object.keys(map as object)).toEqual(["__proto__"]);
    expect((map as { a?: Json }).a).toBeUndefined();
  });

  it.each<[string, string, number]>([
    ["[1 2", "the text ends within what starts here with [1 2", 0],
    ['{:a "x', 'the text ends within what starts here with "x', 4],
    ["1 #tag", "the text ends within what starts here with #tag", 2],
    ["[1 2}", "} where ] must close the [", 4],
    [" )", ") closes nothing", 1],
    ["{:a}", "key a has no value", 1],
    ["{:a 1 :a 2}", "key a stands twice in one map", 6],
    ['{1 :x "1" :y}', "key 1 stands twice in one map", 6],
    ["017", "017 is no number", 0],
    ["1a", "1a is no number", 0],
    [": a", "a keyword without a name", 0],
    ["[::]", "a keyword without a name", 1],
    ['"a\\qb"', "\\q is no escape in a string; write \\\\ for a backslash", 2],
    ['"\\u12"', "\\u is no escape in a string; \\u takes four hexadecimal digits", 1],
    ["\\nonsense", "\\nonsense is no character", 0],
    ["##Infinite", "##Infinite is no symbolic value", 0],
    ["#<Thread main>", "#< is something that Clojure prints but cannot read back", 0],
    ["# a", "# without a tag", 0],
    ["[1 ^x 2]", "^ starts no EDN value", 3],
    [`${"[".repeat(600)}`, "nested more than 512 deep", 512],
    [`${"#_".repeat(600)}`, "nested more than 512 deep", 1024],
  ])("rejects %.20s", (text, message, position) => {
    expect(() => parseEdn(text)).toThrowError(expect.objectContaining({ message, position }));
  });

  it("never fails but with a syntax error", () => {
    const soup = fc.array(fc.constantFrom(..."[](){}#\"\\:;_ \n,-+12.xnNu/'^<é".split(""), "#_", "nil", "\\u0"), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(soup, (pieces) => {
        try {
          parseEdn(pieces.join(""));
        } catch (error) {
          expect((error as Error).name).toMatch(/^Edn(Syntax|Cut)Error$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("EdnReader", () => {
  it("gives the same forms on the same lines, however the text is cut into pieces", () => {
    const maps = fc.array(
      form.map(({ text, value }) => ({ text: `{:value ${text}}`, value: { value } })),
      { maxLength: 5 },
    );
    const around = fc.constantFrom(["", ""], ["[", "]"], [" ; history\n (", ")\n"], ["#_x\n[\n", "] ; end"]);
    fc.assert(
      fc.property(
        maps,
        around,
        fc.array(gap, { minLength: 1 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (forms, [open, close], gaps, at) => {
          const text = `${open}${joined(forms, gaps)}${close}`;
          const whole = read(text);
          expect(whole.map(({ form }) => form)).toEqual(forms.map(({ value }) => value));
          const bytes = Buffer.from(text);
          expect(read(...cutBytes(bytes, at))).toEqual(whole);
          expect(read(...cutBytes(bytes, [...bytes.keys()]))).toEqual(whole);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("makes equal vectors one object within values, but not the values themselves", () => {
    const [a, b] = read("{:value [[:r 1 [2 3]] [2 3]]} {:value [[:r 1 [2 3]] [2 3]]}").map(
      ({ form }) => (form as { value: [Json[], Json] }).value,
    );
    expect(a?.[0]).toBe(b?.[0]);
    expect(a?.[0][2]).toBe(b?.[1]);
    expect(a).toEqual(b);
    expect(a).not.toBe(b);
  });

  it("knows the line on which each form starts", () => {
    expect(read("{:a 1}\n\n ; x\n{:b\n2} {:c 3}\n").map(({ line }) => line)).toEqual([1, 4, 5]);
    expect(read("[\n{:a\n\n1}\n{:b 2}]").map(({ line }) => line)).toEqual([2, 5]);
  });

  it.each([
    ["{:a 1}\n{:b [1\n2}", "line 3: not EDN: } where ] must close the ["],
    ["{:a 1}\n{:b \n [1 2", "line 3: the text ends within what starts here with [1 2; it seems to be cut off"],
    ["[{:a 1}\n{:b 2}\n", "line 3: the text ends before the ] that must close it; it seems to be cut off"],
    ["[{:a 1}]\n{:b 2}", "line 2: more text after the ] that closes the history; a file holds one history"],
    ["[{:a 1}\n)", "line 2: not EDN: ) closes nothing"],
    ['{"a\nb"}', "line 1: not EDN: key a b has no value"],
    ['{"a\nb" \\\n\n:c "é\n\\q"}', "line 5: not EDN: \\q is no escape in a string; write \\\\ for a backslash"],
  ])("names the line of a mistake in %j, also in pieces", (text, message) => {
    for (const pieces of [[text], [...text]])
      expect(() => read(...pieces)).toThrowError(expect.objectContaining({ name: "HistoryError", message }));
  });
});
