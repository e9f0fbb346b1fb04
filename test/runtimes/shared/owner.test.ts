import { spawn, spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  harnessLives,
  hostRebooted,
  newToken,
  thisHost,
  UNKNOWN_START,
} from "../../../src/runtimes/shared/real/owner.ts";
import { livingStartOf } from "../../../src/runtimes/shared/real/procfs.ts";
import { comesTrue, hasProc } from "../process/support.ts";

/** The id of a process that has ended, and whose parent has taken notice. */
const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

describe("a token", () => {
  it("names this process, and is never the same", () => {
    expect(newToken()).toMatch(new RegExp(`^${process.pid}-\\d+-[0-9a-f]{16}$`));
    expect(newToken()).not.toBe(newToken());
  });

  it("is that of a living harness while this process lives", () => {
    expect(harnessLives(newToken())).toBe(true);
  });

  it("is that of a dead one once its process has ended, wherever the start is known or not", () => {
    const pid = deadPid();
    expect(harnessLives(`${pid}-12345-abc`)).toBe(false);
    expect(harnessLives(`${pid}-${UNKNOWN_START}-abc`)).toBe(false);
  });

  it("without a start is that of whoever has the id", () => {
    expect(harnessLives(`${process.pid}-${UNKNOWN_START}-abc`)).toBe(true);
    expect(harnessLives(`${process.pid}`)).toBe(true);
  });

  it.runIf(hasProc)("is that of a dead one if the id was given to another process since", () => {
    const [pid, start] = newToken().split("-");
    expect(harnessLives(`${pid}-${Number(start) - 1}-abc`)).toBe(false);
  });

  it.runIf(hasProc)("is that of a dead one if nobody has taken notice of its end yet", async () => {
    // The shell starts a child and becomes a program that never asks after it.
    const shell = spawn("sh", ["-c", "cat <&3 & echo $!; exec sleep 1000"], {
      stdio: ["ignore", "pipe", "ignore", "pipe"],
    });
    onTestFinished(() => void shell.kill("SIGKILL"));
    let said = "";
    shell.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    expect(await comesTrue(() => /\d+\n/.test(said))).toBe(true);
    const pid = Number(said);
    const token = `${pid}-${livingStartOf(pid)}-abc`;
    expect(harnessLives(token)).toBe(true);
    process.kill(pid, "SIGKILL");
    expect(await comesTrue(() => !harnessLives(token))).toBe(true);
    // It is there still.
    expect(() => process.kill(pid, 0)).not.toThrow();
  });

  it("that cannot be read is taken for that of a living one", () => {
    for (const token of ["", "somebody", "-1-2", "12x-3-4"]) expect(harnessLives(token)).toBe(true);
  });
});

describe("a host", () => {
  it("is always the same in one process, and begins with its name", () => {
    expect(thisHost()).toBe(thisHost());
    expect(thisHost().split("/")[0]).toBe(hostname());
  });

  it("was not rebooted if it is this one, or another one", () => {
    expect(hostRebooted(thisHost())).toBe(false);
    expect(hostRebooted("some-other-host/5f0c7a7e-0000-4000-8000-000000000000/pid:[1]")).toBe(false);
    // Another container, or namespace, of this machine: its processes may well live.
    const [name, boot] = thisHost().split("/");
    expect(hostRebooted(`${name}/${boot}/pid:[1]`)).toBe(false);
  });

  it.runIf(hasProc)("was rebooted if it is this one by another boot", () => {
    expect(hostRebooted(`${hostname()}/5f0c7a7e-0000-4000-8000-000000000000/pid:[1]`)).toBe(true);
  });

  it("that does not say when it was booted is not known to have been since", () => {
    for (const host of [hostname(), `${hostname()}/`, `${hostname()}//pid:[1]`, ""])
      expect(hostRebooted(host)).toBe(false);
  });
});
