import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MessageEvent } from "../../../src/core/cluster.ts";
import { MAELSTROM, startProgram } from "./support.ts";

describe("a program that is not ours", () => {
  it("can be broken in all ways but those that need its help", async () => {
    const { cluster, lab } = await startProgram(MAELSTROM, { nodes: 2 });
    expect([...cluster.faults].sort()).toEqual(["client-pause", "kill", "link", "partition", "pause"]);
    await expect(cluster.inject({ kind: "disk", nodes: ["n1"], stallMs: 5 })).rejects.toThrow(/disk: not possible/);
    const heal = await cluster.inject({ kind: "partition", shape: "one-way", drops: { n1: ["n2"] } });
    await lab.ask("n2", "send", "n1", "lost");
    await lab.ask("n1", "send", "n2", "arrives");
    await lab.ask("n1", "send", "n1", "to myself");
    await heal();
    await lab.until(
      () => lab.ask("n2", "inbox"),
      (inbox) => JSON.stringify(inbox) === '["arrives"]',
    );
    await lab.until(
      () => lab.ask("n1", "inbox"),
      (inbox) => JSON.stringify(inbox) === '["to myself"]',
    );
  });

  it("gets Maelstrom's bodies with nothing of ours in them", async () => {
    const messages: MessageEvent[] = [];
    const { lab } = await startProgram(MAELSTROM, { events: { onMessage: (event) => messages.push(event) } });
    await lab.ask("n1", "write", "5", 7);
    const [sent, , replied] = messages;
    expect(sent).toMatchObject({ event: "send", src: "c0", dest: "n1" });
    expect(sent?.body).toEqual({ type: "write", msg_id: 1, key: 5, value: 7 });
    expect(replied?.body).toEqual({ type: "write_ok", in_reply_to: 1 });
    expect(await lab.ask("n1", "type-of-key", "5")).toBe("number");
    expect(await lab.ask("n1", "type-of-key", "k5")).toBe("number");
    expect(await lab.ask("n1", "type-of-key", "five")).toBe("string");
  });

  it("may write what it likes: it is logged, and nothing breaks", async () => {
    const heard: string[] = [];
    const { cluster, lab, runDir } = await startProgram(MAELSTROM, {
      events: { onLog: (_, line) => heard.push(line) },
    });
    await lab.ask("n1", "noise");
    await lab.ask("n1", "write", "1", 1);
    await lab.until(
      () => heard,
      (lines) => lines.includes("a word on stderr"),
    );
    expect(heard).toEqual(
      expect.arrayContaining([
        "this is no message [not JSON]",
        expect.stringContaining('"src" must be n1'),
        expect.stringContaining('"body" must be an object'),
      ]),
    );
    expect(cluster.failures()).toEqual([]);
    await cluster.stop();
    const log = readFileSync(join(runDir, "nodes", "n1.log"), "utf8");
    for (const line of [
      /^\S+Z stdout this is no message \[not JSON\]$/m,
      /^\S+Z stderr a word on stderr$/m,
      /harness dropped a message to nobody of type note: there is nobody of the name nobody/,
      /harness dropped a trace: "event" must be a string/,
      /harness dropped a message to c0 of type read_ok: "in_reply_to" must be an integer/,
    ])
      expect(log).toMatch(line);
  });

  it("fails definitely or not as the code of its error says", async () => {
    const { lab } = await startProgram(MAELSTROM);
    const outcome = (code: number) => lab.outcome("n1", { f: "fails", input: code });
    expect(await outcome(11)).toMatchObject({
      type: "fail",
      error: { name: "temporarily-unavailable", text: "as asked" },
    });
    expect(await outcome(13)).toMatchObject({ type: "info", error: { name: "crash" } });
    expect(await outcome(0)).toMatchObject({ type: "info", error: { name: "timeout" } });
    expect(await outcome(4321)).toMatchObject({ type: "info", error: { name: "error-4321" } });
  });

  it("may die: the run goes on, and says how it died", async () => {
    const { cluster, lab } = await startProgram(MAELSTROM, { nodes: 2 });
    await lab.ask("n1", "write", "1", "saved");
    await lab.ask("n1", "save");
    await lab.ask("n1", "write", "1", "not saved");
    expect(await lab.outcome("n1", { f: "exit", input: 9 }, 3000)).toMatchObject({ type: "info" });
    await lab.until(
      () => cluster.failures(),
      (failures) => failures.length > 0,
    );
    expect(cluster.failures().map(String)).toEqual([
      expect.stringMatching(/^n1, [\d.]+ s after the start: exited with code 9 by itself\. .*stderr: my last word$/),
    ]);
    expect(await lab.outcome("n1", { f: "read", key: "1" })).toMatchObject({ error: { name: "node-not-found" } });
    await lab.ask("n2", "write", "1", 1);
    const heal = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    await heal();
    expect(await lab.ask("n1", "read", "1")).toBe("saved");
  });

  it("may fail to come back: that is reported, too, and a later kill tries again", async () => {
    // The second incarnation exits; the others serve.
    const script = `if (process.env.SPLITBRAIN_RESTARTS === "1") process.exit(4); import(process.argv[1])`;
    const { cluster, lab } = await startProgram([process.execPath, "-e", script, MAELSTROM[1]]);
    await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
    expect(cluster.failures().map(String)).toEqual([
      expect.stringMatching(/could not be restarted\. Node n1 \(.*\) exited with code 4 before it answered init/),
    ]);
    expect(await lab.outcome("n1", { f: "read", key: "1" })).toMatchObject({ type: "fail" });
    await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
    await lab.ask("n1", "write", "1", 1);
  });

  it("has clients' messages delayed as the network's are, and no more", async () => {
    const { lab, cluster } = await startProgram(MAELSTROM, {
      network: { delay: { kind: "constant", ms: 60 }, loss: 1 },
    });
    const startNs = cluster.nowNs();
    await lab.ask("n1", "write", "1", 1);
    expect(cluster.nowNs() - startNs).toBeGreaterThanOrEqual(120e6);
    const kill = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    expect(await lab.outcome("n1", { f: "read", key: "1" })).toMatchObject({ error: { name: "node-not-found" } });
    await kill();
  });
});
