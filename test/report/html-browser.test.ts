import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { htmlReport } from "../../src/report/html.ts";
import { Browser, CHROMIUM } from "./browser.ts";
import { bigRun, lostWrite, type Sample, staleRead } from "./samples.ts";

/** The page in a real browser; passed over where none is installed. */
describe.skipIf(CHROMIUM === undefined)("the report in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "splitbrain-report-"));
  let browser: Browser;
  const open = async ({ verdict, history }: Sample, hash = ""): Promise<void> => {
    const file = join(folder, "report.html");
    writeFileSync(file, htmlReport(verdict, history, { title: "a run" }));
    await browser.open(`file://${file}${hash}`);
  };
  const count = (selector: string): Promise<number> =>
    browser.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
  const text = (selector: string): Promise<string> =>
    browser.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
  const lanesAt = (x: number, y: number): Promise<{ x: number; y: number }> =>
    browser.evaluate(
      `(document.getElementById("viewport").scrollIntoView(), (box => ({ x: box.left + ${x}, y: box.top + ${y} }))(document.getElementById("lanes").getBoundingClientRect()))`,
    );

  beforeAll(() => {
    browser = new Browser(CHROMIUM ?? "");
  });
  afterEach(() => expect(browser.complaints).toEqual([]));
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("draws a bar for every operation, and bands for faults", async () => {
    await open(staleRead());
    expect(await count("#lanes .bar")).toBe(7);
    expect(await count("#lanes .bar.info")).toBe(1);
    expect(await count("#lanes .bar.fail")).toBe(1);
    expect(await count("#lanes .wrong")).toBe(3);
    expect(await count("#lanes .fault-band.partition")).toBe(1);
    expect(await text("#axis .fault-name")).toContain("partition isolate-leader: n1 | n2 n3 n4 n5");
  });

  it("shows an anomaly with its arrows, reasons and tags when it is chosen", async () => {
    await open(staleRead());
    await browser.evaluate(`document.querySelector("[data-show='1']").click()`);
    await browser.settle();
    expect(await count("#lanes .arrow")).toBe(2);
    expect(await text("#detail")).toContain("nobody wrote 3 again");
    const tags = await browser.evaluate<string[]>(
      `[...document.querySelectorAll("#lanes .tag")].map((tag) => tag.textContent)`,
    );
    expect(tags).toContain("#5 read x → 3");
    expect(await text("#which")).toBe("anomaly 1 of 1");
  });

  it("opens at the operation or anomaly that its address names", async () => {
    await open(bigRun(), "#op-693");
    expect(await text("#detail")).toMatch(/^#693 /);
    expect(await count("#lanes .chosen")).toBe(1);
    await open(lostWrite(), "#anomaly-1");
    expect(await count("#lanes .arrow")).toBe(1);
    await open(lostWrite(), "#op-99999");
    expect(await text("#detail")).toContain("#99999 is not among the operations that are drawn");
  });

  it("scrolls to the bar of an operation that is clicked in the text", async () => {
    await open(bigRun());
    const link = `[...document.querySelectorAll(".finding a.op")].at(-1)`;
    const name = await browser.evaluate<string>(`(${link}.scrollIntoView(), ${link}.click(), ${link}.textContent)`);
    await browser.settle();
    expect(await text("#detail")).toContain(`${name} `);
    expect(await count("#lanes .chosen")).toBe(1);
    const box = await browser.evaluate<{ top: number; bottom: number }>(
      `(({ top, bottom }) => ({ top, bottom }))(document.querySelector("#lanes .chosen").getBoundingClientRect())`,
    );
    expect(box.top).toBeGreaterThanOrEqual(0);
    expect(box.bottom).toBeLessThanOrEqual(1_000);
  });

  it("works from the keyboard", async () => {
    await open(bigRun());
    await browser.evaluate(`document.getElementById("viewport").focus()`);
    const index = async (): Promise<number> => Number(/^#(\d+) /.exec(await text("#detail"))?.[1]);
    await browser.key("ArrowRight");
    const first = await index();
    await browser.key("ArrowRight");
    expect(await index()).toBeGreaterThan(first);
    await browser.key("ArrowLeft");
    expect(await index()).toBe(first);
    await browser.key("ArrowDown");
    expect(await text("#detail")).toContain("process");
    expect(await index()).not.toBe(first);
    await browser.key("n");
    expect(await text("#which")).toBe("anomaly 1 of 59");
    await browser.key("p");
    expect(await text("#which")).toBe("anomaly 59 of 59");
    await browser.key("Escape");
    expect(await text("#which")).toBe("59 anomalies");
    const whole = "67.02 s shown";
    await browser.key("0");
    expect(await text("#range")).toBe(whole);
    await browser.key("+");
    expect(await text("#range")).not.toBe(whole);
  });

  it("zooms at the pointer with the wheel, pans by dragging, chooses by clicking", async () => {
    await open(bigRun());
    const at = await lanesAt(700, 20);
    const range = async (): Promise<number> => Number.parseFloat(await text("#range"));
    const before = await range();
    await browser.mouse("mouseWheel", at.x, at.y, { deltaX: 0, deltaY: -400 });
    await browser.mouse("mouseWheel", at.x, at.y, { deltaX: 0, deltaY: -400 });
    expect(await range()).toBeLessThan(before / 2);
    const label = `document.querySelector("#axis text").textContent + document.querySelector("#axis text").getAttribute("x")`;
    const axis = await browser.evaluate<string>(label);
    await browser.mouse("mousePressed", at.x, at.y, { button: "left", buttons: 1, clickCount: 1 });
    await browser.mouse("mouseMoved", at.x + 90, at.y, { button: "left", buttons: 1 });
    await browser.mouse("mouseReleased", at.x + 90, at.y, { button: "left", clickCount: 1 });
    expect(await browser.evaluate<string>(label)).not.toBe(axis);

    await open(staleRead());
    const bar = `document.querySelector("#lanes .bar.fail")`;
    await lanesAt(0, 0);
    const box = await browser.evaluate<{ x: number; y: number }>(
      `(({ x, y }) => ({ x, y }))(${bar}.getBoundingClientRect())`,
    );
    await browser.mouse("mouseMoved", box.x + 1, box.y + 9);
    expect(await text("#detail")).toContain("write x 7 → failed: temporarily-unavailable");
    await browser.mouse("mousePressed", box.x + 1, box.y + 9, { button: "left", buttons: 1, clickCount: 1 });
    await browser.mouse("mouseReleased", box.x + 1, box.y + 9, { button: "left", clickCount: 1 });
    expect(await count("#lanes .chosen")).toBe(1);
  });

  it("follows the reader's theme and does not overflow a narrow screen", async () => {
    await open(lostWrite());
    const background = `getComputedStyle(document.body).backgroundColor`;
    await browser.theme("light");
    const light = await browser.evaluate<string>(background);
    await browser.theme("dark");
    expect(await browser.evaluate<string>(background)).not.toBe(light);
    await browser.theme("light");
    expect(await browser.evaluate<boolean>("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });

  it("runs no script of a history", async () => {
    const { history, verdict } = staleRead();
    const attack = `<img src=x onerror="document.title='hit'"></script><script>document.title='hit'</script>`;
    const ops = history.ops.map((op) => ({ ...op, key: attack, node: attack }));
    const models = verdict.models.map((row) => ({
      ...row,
      anomalies: row.anomalies.map((anomaly) => ({ ...anomaly, kind: attack, explanation: attack, key: attack })),
    }));
    await open({ history: { ...history, ops }, verdict: { ...verdict, models } }, "#anomaly-1");
    await browser.evaluate(`document.getElementById("viewport").focus()`);
    await browser.key("ArrowRight");
    expect(await browser.evaluate<string>("document.title")).toBe("INVALID: a run");
    expect(await count("img, main script")).toBe(0);
    expect(await text("#detail")).toContain("<img src=x");
  });
});
