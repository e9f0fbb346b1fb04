import { createHash } from "node:crypto";
import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunVerdict } from "../../src/core/verdict.ts";
import { CLIENT_SCRIPT } from "../../src/report/html/client.ts";
import { escapeHtml, linkOperations, scriptJson } from "../../src/report/html/escape.ts";
import { layProcesses, packSpans } from "../../src/report/html/lanes.ts";
import { nearest, type TimelineData } from "../../src/report/html/timeline-data.ts";
import { htmlReport } from "../../src/report/html.ts";
import {
  anyText,
  bigRun,
  during,
  historyOf,
  lostWrite,
  type Sample,
  type Step,
  staleRead,
  verdictOf,
} from "./samples.ts";

const title = "raft, register, sim, seed 7";
const htmlOf = ({ verdict, history }: Sample, maxOperations?: number): string =>
  htmlReport(verdict, history, { title, ...(maxOperations === undefined ? {} : { maxOperations }) });
const dataOf = (html: string): TimelineData => {
  const [, json = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as TimelineData;
};
const tagsOf = (html: string): string[] => html.match(/<[a-z!/][^>]*>/gi) ?? [];

describe("htmlReport", () => {
  it("says what was run, the verdict, each model, and how to run it again", () => {
    const html = htmlOf(lostWrite());
    expect(html).toContain(`<h1>${title}</h1>`);
    expect(html).toMatch(/class="badge invalid">INVALID</);
    expect(html).toMatch(
      /<th scope="row">durable<\/th><td><span class="chip invalid">broken<\/span><\/td>\s*<td>promised</,
    );
    expect(html).toMatch(
      /<th scope="row">linearizable<\/th><td><span class="chip unknown">broken<\/span><\/td>\s*<td class="soft">allowed</,
    );
    expect(html).toContain("splitbrain replay .splitbrain/runs/20260102T030405-raft-register-7");
  });

  it("links the operations of each anomaly to bars that are drawn", () => {
    for (const sample of [staleRead(), lostWrite(), bigRun()]) {
      const html = htmlOf(sample);
      const drawn = new Set(dataOf(html).ops.map(([index]) => index));
      const linked = [...html.matchAll(/href="#op-(\d+)"/g)].map(([, index]) => Number(index));
      expect(linked.length).toBeGreaterThan(0);
      for (const index of linked) expect(drawn).toContain(index);
      for (const anomaly of dataOf(html).anomalies) for (const index of anomaly.ops) expect(linked).toContain(index);
    }
  });

  it("needs nothing but itself", () => {
    const html = htmlOf(bigRun());
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|\bsrc=|@import|url\((?!#)/);
    expect(html).toContain("default-src 'none'");
    const [, script = ""] = /<script>(.*?)<\/script>/s.exec(html) ?? [];
    expect(script).toBe(CLIENT_SCRIPT);
    expect(html).toContain(`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  });

  it("has a script that parses and never writes HTML", () => {
    expect(() => new vm.Script(CLIENT_SCRIPT)).not.toThrow();
    expect(CLIENT_SCRIPT).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|<\/script/i);
  });

  it("gives every control a name and every id once", () => {
    const html = htmlOf(bigRun());
    const ids = tagsOf(html).flatMap((tag) => / id="([^"]*)"/.exec(tag)?.[1] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/aria-(?:labelledby|describedby)="([^"]*)"/g)) expect(ids).toContain(id);
    for (const button of html.match(/<button[^>]*>[^<]*/g) ?? []) expect(button).toMatch(/aria-label="|>\w{3}/);
    expect(html).toMatch(/<html lang="en">/);
    expect(html).toContain("<noscript>");
  });

  it("draws 5,000 operations in less than 1.5 MB, whatever they say, and says how many are missing", () => {
    const long = Array.from({ length: 3_000 }, (_, i) => `value ${i}`);
    const steps = Array.from({ length: 6_000 }, (_, i): Step => {
      return { p: i % 5, f: "read", key: `${"k".repeat(300)}${i % 3}`, ok: i % 9 ? i : long, fromMs: i, toMs: i + 0.7 };
    });
    const history = historyOf(
      steps,
      Array.from({ length: 1_000 }, (_, i) => during({ kind: "pause", nodes: ["n1"] }, 6 * i, 6 * i + 3)),
    );
    const anomalies = Array.from({ length: 3_000 }, (_, i) => ({
      kind: "odd",
      rulesOut: ["sequential"] as const,
      explanation: "word ".repeat(2_000),
      ops: [i, i + 1, i + 2_000],
      because: Array.from({ length: 40 }, () => ({ from: i, to: i + 1, reason: "reason ".repeat(100) })),
    }));
    const html = htmlOf({ history, verdict: verdictOf(history, anomalies, []) });
    expect(Buffer.byteLength(html)).toBeLessThan(1_500_000);
    expect(html).toMatch(/<strong>[\d,]+ of 6,000 operations are drawn<\/strong>/);
    expect(html).toMatch(/and 2,9\d\d more; verdict.json lists them all/);

    const usual = bigRun(5_000);
    const usualHtml = htmlOf(usual);
    expect(dataOf(usualHtml).ops).toHaveLength(5_000);
    expect(usualHtml).not.toContain("operations are drawn");
    expect(Buffer.byteLength(usualHtml)).toBeLessThan(1_000_000);
  });

  it("keeps what is nearest to the anomalies where it cannot draw all", () => {
    const sample = bigRun(2_000);
    const html = htmlOf(sample, 200);
    const drawn = dataOf(html).ops.map(([index]) => index);
    expect(drawn).toHaveLength(200);
    expect(html).toContain("<strong>200 of 2,000 operations are drawn</strong>");
    const involved = dataOf(html).anomalies.flatMap((anomaly) => [...anomaly.ops]);
    for (const index of new Set(involved)) expect(drawn).toContain(index);
  });

  it("copes with an empty history", () => {
    const history = historyOf([]);
    const html = htmlOf({ history, verdict: verdictOf(history, [], []) });
    expect(html).toContain("None was found.");
    expect(dataOf(html).ops).toEqual([]);
  });
});

describe("hostile histories", () => {
  const attack = `</script><script>alert(1)</script><img src=x onerror="alert(2)">'"&<!--\u2028`;
  const hostile = (text: string): Sample => {
    const history = historyOf(
      [
        { p: 0, node: text, f: text, key: text, input: text, fromMs: 1, fail: text },
        { p: 1, node: "n2", f: "read", key: text, fromMs: 2, ok: [text, { [text]: text }] },
      ],
      [during({ kind: "partition", shape: text, drops: { [text]: ["n1", text] } }, 0, 5)],
    );
    const named = { ...history, meta: { ...history.meta, nodes: [text, "n2"], system: text } };
    const anomaly = {
      kind: text,
      rulesOut: ["causal-ccv"],
      explanation: text,
      ops: [0, 1],
      because: [{ from: 0, to: 1, reason: text }],
      key: text,
    } as const;
    const verdict: RunVerdict = {
      ...verdictOf(named, [anomaly], ["causal-ccv"], { durable: text }),
      replay: text,
      runDir: text,
      invariants: [
        { name: text, source: text, verdict: "invalid", checked: 1, violations: [{ atNs: 1, explanation: text }] },
      ],
    };
    return { history: named, verdict };
  };

  it("add no element and no attribute to the page", () => {
    const html = htmlReport(hostile(attack).verdict, hostile(attack).history, { title: attack });
    const harmless = htmlReport(hostile("harmless").verdict, hostile("harmless").history, { title: "harmless" });
    expect(tagsOf(html)).toEqual(tagsOf(harmless));
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(dataOf(html).ops[0]?.[7]).toContain("</script>");
  });

  it("add no element and no attribute, whatever their text", () => {
    const harmless = tagsOf(htmlReport(hostile("x").verdict, hostile("x").history, { title: "x" }));
    const withMarkup = fc
      .array(
        fc.oneof(anyText, fc.constantFrom("<", ">", '"', "'", "&", "</script", "<!--", "-->", "]]>", " onload=")),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(withMarkup, (text) => {
        const html = htmlReport(hostile(text).verdict, hostile(text).history, { title: text });
        const kinds = (tags: readonly string[]): string[] =>
          tags.filter((tag) => !tag.startsWith('<a class="op"') && tag !== "</a>");
        // Text such as "#0" rightly becomes a link to that operation.
        expect(kinds(tagsOf(html))).toEqual(kinds(harmless));
      }),
      { numRuns: 60 },
    );
  });

  it("are escaped for the place they stand in", () => {
    expect(escapeHtml(`<a href="x" onclick='y'>&`)).toBe("&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;");
    expect(scriptJson({ a: "</script><!--&\u2028" })).toBe('{"a":"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028"}');
    expect(linkOperations("see #3, #99 and a#3 &#39;", 10)).toBe(
      'see <a class="op" href="#op-3">#3</a>, #99 and a#3 &#39;',
    );
  });
});

describe("rows of the timeline", () => {
  it("lets a process go on in the row of one that is spent", () => {
    const { ops } = historyOf([
      { p: 0, f: "read", fromMs: 0, toMs: 1 },
      { p: 1, f: "read", fromMs: 1, info: "timeout" },
      { p: 0, f: "read", fromMs: 2, info: "timeout" },
      { p: 5, f: "read", fromMs: 10, toMs: 11 },
      { p: 6, f: "read", fromMs: 12, info: "timeout" },
      { p: 7, f: "read", fromMs: 13, toMs: 14 },
      { p: 5, f: "read", fromMs: 15, toMs: 16 },
    ]);
    expect(layProcesses(ops)).toEqual([
      [0, 6, 7],
      [1, 5],
    ]);
  });

  it("never draws two processes of one time in one row, and loses none", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(1_000), (operations, seed) => {
        const { ops } = bigRun(operations, seed).history;
        const rows = layProcesses(ops);
        expect(rows.flat().sort((a, b) => a - b)).toEqual(
          [...new Set(ops.map((op) => op.process))].sort((a, b) => a - b),
        );
        for (const row of rows)
          for (const [i, process] of row.slice(1).entries()) {
            const before = ops.findLast((op) => op.process === row[i]);
            const first = ops.find((op) => op.process === process);
            expect(before?.outcome.type).toBe("info");
            expect(before?.index).toBeLessThan(first?.index ?? -1);
          }
      }),
      { numRuns: 30 },
    );
  });

  it("packs faults without overlap", () => {
    const pause = (from: number, to: number) => during({ kind: "pause", nodes: ["n1"] }, from, to);
    expect(packSpans([pause(0, 10), pause(5, Number.POSITIVE_INFINITY), pause(10, 20), pause(15, 30)])).toEqual([
      0, 1, 0, 2,
    ]);
  });

  it("ranks operations by their distance to the anomalies", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.uniqueArray(fc.nat(59), { maxLength: 4 }), (length, centres) => {
        const inside = new Set(centres.filter((centre) => centre < length));
        const distance = (i: number): number => Math.min(...[...inside].map((centre) => Math.abs(centre - i)));
        const all = Array.from({ length }, (_, i) => i);
        const expected = inside.size === 0 ? all : all.sort((a, b) => distance(a) - distance(b) || a - b);
        expect(nearest(length, inside)).toEqual(expected);
      }),
    );
  });
});
