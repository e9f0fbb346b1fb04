import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Message } from "../../../src/core/replica.ts";
import { nodeEntry } from "../../../src/runtimes/process/index.ts";
import { type Envelope, formatLine, parseLine } from "../../../src/runtimes/shared/wire.ts";
import { temporaryFolder } from "../../conformance/worlds.ts";
import { comesTrue } from "./support.ts";

/** A bundled node alone, with a pipe to either side, as any harness of the protocol would have it. */
function startNode(...args: string[]) {
  const child = execa(process.execPath, [nodeEntry(), ...args], { reject: false, buffer: { stdout: false } });
  onTestFinished(() => void child.kill("SIGKILL"));
  const waiting: ((message: Envelope) => void)[] = [];
  const arrived: Envelope[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = parseLine(line);
      if (typeof message === "string") throw new Error(`${line}: ${message}`);
      if (message.dest === "harness") continue;
      const next = waiting.shift();
      if (next) next(message);
      else arrived.push(message);
    }
  });
  const next = (): Promise<Envelope> => {
    const message = arrived.shift();
    return message ? Promise.resolve(message) : new Promise((resolve) => waiting.push(resolve));
  };
  return {
    child,
    write: (text: string) => child.stdin.write(text),
    ask: async (body: Message): Promise<Message> => {
      child.stdin.write(formatLine("c1", "n1", body));
      const { src, dest, body: answer } = await next();
      expect([src, dest]).toEqual(["n1", "c1"]);
      return answer;
    },
  };
}

describe("the bundled node", () => {
  it("serves Maelstrom's lin-kv, and ends with its input", async () => {
    const { child, ask, write } = startNode("raft", "--data", temporaryFolder());
    expect(await ask({ type: "read", msg_id: 1, key: 3 })).toMatchObject({ type: "error", in_reply_to: 1, code: 11 });
    expect(await ask({ type: "init", msg_id: 2, node_id: "n1", node_ids: ["n1"] })).toEqual({
      type: "init_ok",
      in_reply_to: 2,
    });
    write("\nnot a message\n");
    // Raft wants to know which command of its client it is; the protocol lets a body have further fields.
    let id = 2;
    const command = (type: string, seq: number, fields: Omit<Message, "type">) =>
      ask({ type, msg_id: ++id, key: 3, context: { seq }, ...fields });
    const written = async (): Promise<boolean> => {
      const answer = await command("write", 1, { value: 4 });
      // A cluster of one elects itself soon, but not at once.
      if (answer.type === "error") expect(answer.code).toBe(11);
      return answer.type === "write_ok";
    };
    expect(await comesTrue(written)).toBe(true);
    expect(await command("read", 2, {})).toMatchObject({ type: "read_ok", in_reply_to: id, value: 4 });
    expect(await command("cas", 3, { from: 5, to: 6 })).toMatchObject({ type: "error", code: 22 });
    expect(await command("cas", 4, { from: 4, to: 6 })).toMatchObject({ type: "cas_ok" });
    expect(await ask({ type: "read", msg_id: 1004, key: [] })).toMatchObject({ type: "error", code: 12 });
    child.stdin.end();
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(0);
    expect(stderr).toContain("ignored a line (not JSON): not a message");
  });

  it("says what is wrong with its arguments", async () => {
    const folder = temporaryFolder();
    const bad = join(folder, "bad.mjs");
    writeFileSync(bad, "export default 7;\n");
    const failing: [string[], RegExp][] = [
      [[], /Give one model.*Usage/s],
      [["raft"], /Say where the node keeps its data: --data DIR/],
      [["rafd", "--data", folder], /no model "rafd".*Did you mean "raft"/],
      [["raft", "--data", folder, "--bug", "nope"], /no bug of raft "nope"/],
      [["raft", "--data", folder, "--config", "nope"], /no configuration value of raft "nope"/],
      [["./nowhere.mjs", "--data", folder], /Cannot load a model from .*nowhere\.mjs/],
      [[bad, "--data", folder], /bad\.mjs does not default-export a Model/],
      [["raft", "--dta", folder], /--dta/],
    ];
    for (const [args, why] of failing) {
      const { child } = startNode(...args);
      const { exitCode, stderr } = await child;
      expect(stderr).toMatch(why);
      expect(exitCode).toBe(254);
    }
  });
});
