import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { livingStartOf, pidNamespaceOf } from "./procfs.ts";

/** The start of a process where the system does not tell it. */
export const UNKNOWN_START = "0";

/** Names a run and the harness that it belongs to: `<pid>-<start>-<random>`. */
export const newToken = (): string =>
  `${process.pid}-${livingStartOf(process.pid) ?? UNKNOWN_START}-${randomBytes(8).toString("hex")}`;

/** True while the harness that made the token lives; it must be one of this machine. */
export function harnessLives(token: string): boolean {
  const [pid = "", start = UNKNOWN_START] = token.split("-");
  if (!/^\d+$/.test(pid)) return true;
  const now = livingStartOf(Number(pid));
  if (now !== undefined) return start === UNKNOWN_START || now === start;
  // Without /proc (or when it is gone): ask the system.
  return start === UNKNOWN_START && exists(Number(pid));
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Where process ids mean what they mean here: the machine's name, when it was booted, and the namespace of process ids.
 * Several machines, or containers, may share one Docker engine.
 */
export const thisHost = (): string => [hostname(), bootId(), pidNamespaceOf("self") ?? ""].join("/");

/** True if a process of that host cannot live any more, whatever its id: the machine has been booted since. */
export function hostRebooted(host: string): boolean {
  const [name, boot = ""] = host.split("/");
  const now = bootId();
  return name === hostname() && boot !== "" && now !== "" && boot !== now;
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
