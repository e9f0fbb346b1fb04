import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Processes as Linux shows them under /proc. Where there is no /proc all of this is empty. */

/** Ids of all processes, ascending. */
export function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** A variable of a process's initial environment; `undefined` if unset, gone, or not ours to see. */
export function environmentOf(pid: number, name: string): string | undefined {
  const text = read(`/proc/${pid}/environ`);
  const entry = text?.split("\0").find((line) => line.startsWith(`${name}=`));
  return entry?.slice(name.length + 1);
}

/** The command line, arguments joined by blanks. */
export const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`)?.split("\0").join(" ").trim() ?? "";

/**
 * When a living process started, clock ticks since boot: with its id, a name that is never used twice. `undefined` for
 * one that has ended, also if its parent has not taken notice yet.
 */
export function livingStartOf(pid: number): string | undefined {
  // The second field, the program's name, is in parentheses and may contain anything. The state is the third field, the
  // start the 22nd.
  const text = read(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" || fields?.[0] === "X" ? undefined : fields?.[19];
}

/** The names of the files that a process has mapped into memory, its libraries among them. */
export const mapsOf = (pid: number): string => read(`/proc/${pid}/maps`) ?? "";

/** The namespace that gives a process's ids their meaning; a container has its own. */
export function pidNamespaceOf(pid: number | "self"): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
