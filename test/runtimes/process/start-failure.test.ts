import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProcessOptions } from "../../../src/runtimes/process/index.ts";
import { environmentOf, processIds } from "../../../src/runtimes/shared/real/procfs.ts";
import { temporaryFolder } from "../../conformance/worlds.ts";
import { comesTrue, startProgram } from "./support.ts";

const node = (script: string): readonly [string, ...string[]] => [process.execPath, "-e", script];

/** Answers `init` as soon as it comes, with this body. */
const answering = (body: string): string =>
  `process.stdin.once("data", () => console.log(JSON.stringify({ src: "n1", dest: "harness", body: ${body} })));`;

async function messageOf(command: ProcessOptions["program"]["command"], more: Partial<ProcessOptions> = {}) {
  const runDir = temporaryFolder();
  const started = startProgram(command, { startTimeoutMs: 20_000, nodes: 2, runDir, ...more });
  const error = await started.then(
    () => expect.fail("it started"),
    (reason: unknown) => reason as Error,
  );
  expect(error.name).toBe("StartFailure");
  // Nothing of this run is left.
  const mine = (): number[] => processIds().filter((pid) => environmentOf(pid, "SPLITBRAIN_RUN_DIR") === runDir);
  expect(mine()).toEqual([]);
  return error.message;
}

describe("a program that does not start", () => {
  it("is missing", async () => {
    expect(await messageOf(["no-such-program-anywhere"])).toMatch(
      /^Node n[12] could not be started: there is no program "no-such-program-anywhere" on the PATH\. Check the spelling/,
    );
    expect(await messageOf(["./nowhere/program"])).toMatch(/there is no file "\.\/nowhere\/program".*relative to/);
  });

  it("is no program", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "script");
    writeFileSync(file, "#!/no/such/interpreter\n");
    expect(await messageOf([file])).toMatch(/is not executable\. Make it so with: chmod \+x /);
    chmodSync(file, 0o755);
    expect(await messageOf([file])).toMatch(/the interpreter that its first line names is not/);
    writeFileSync(file, "\u0000\u0001\u0002");
    expect(await messageOf([file])).toMatch(/could not be started|exited with code/);
    expect(await messageOf([folder])).toMatch(/is a directory/);
  });

  it("exits at once", async () => {
    const message = await messageOf(
      node(`console.error("no configuration"); console.error("giving up"); process.exit(3)`),
    );
    expect(message).toMatch(
      /^Node n[12] \(.*\) exited with code 3 before it answered init\. Run the same command by hand/,
    );
    expect(message).toContain("Its last lines on stderr:\n  no configuration\n  giving up");
    expect(await messageOf(node("process.kill(process.pid, 'SIGTERM')"))).toMatch(/was ended by SIGTERM before/);
  });

  it("prints garbage", async () => {
    const banner = `console.log("Listening on port 80"); ${answering(`{ type: "init_ok" }`)}`;
    const [first, second] = await Promise.all([
      messageOf(node(banner), { startTimeoutMs: 3000 }),
      messageOf(node(answering(`{ type: "init_ok" }`)), { startTimeoutMs: 3000, nodes: 1 }),
    ]);
    expect(first).toMatch(/did not answer init within 3 s/);
    expect(first).toContain("no proper message: Listening on port 80 [not JSON]\nOnly messages may go to stdout");
    expect(second).toContain(`["in_reply_to" must be an integer]`);
  });

  it("answers something else", async () => {
    const body = `{ type: "error", code: 10, text: "what?", in_reply_to: 1 }`;
    expect(await messageOf(node(answering(body)), { nodes: 1 })).toMatch(
      /answered init with .*"text":"what\?".*The right answer is a message of type "init_ok"/s,
    );
  });

  it("never answers, and leaves no child either", async () => {
    const pidFile = join(temporaryFolder(), "pid");
    const script = `require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(require("child_process").spawn("sleep", ["1000"], {detached: true}).pid)); setInterval(() => {}, 1000)`;
    expect(await messageOf(node(script), { startTimeoutMs: 3000, nodes: 1 })).toMatch(
      /did not answer init within 3 s\. Does ".*" speak the Maelstrom protocol/,
    );
    const child = Number(readFileSync(pidFile, "utf8"));
    expect(await comesTrue(() => !processIds().includes(child))).toBe(true);
  });

  it("is asked for in a number that is none", async () => {
    await expect(startProgram(["true"], { nodes: 0 })).rejects.toThrow("nodes must be a whole number from 1, not 0");
  });
});
