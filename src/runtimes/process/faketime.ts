import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Hands, Skew } from "../shared/real/wall-clock.ts";

/**
 * libfaketime, preloaded into a program, moves the wall clock that the program sees. What it cannot do well is avoided
 * here:
 * - Its rate also stretches and shrinks the timeouts of `poll`, `epoll_wait`, `nanosleep`, so that monotonic timers go
 *   wrong too. A drift is made of small steps instead. One below 1 therefore steps back by a few milliseconds at times.
 * - Up to 0.9.10 sleeps until a monotonic instant fail (Python 3.11's `time.sleep`), even with a true clock. So nothing
 *   is preloaded unless it was asked for.
 */
export const STEP_MS = 10;

/** Where distributions put it; the multi-threaded build is right for any program. */
function candidates(): string[] {
  const folders = [
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    ...subfolders("/usr/lib"),
    ...subfolders("/usr/local/lib"),
  ];
  return folders.map((folder) => join(folder, "faketime", "libfaketimeMT.so.1")).filter((path) => existsSync(path));
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.includes("linux"))
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

const probes = new Map<string, Promise<boolean>>();

/** The library's path, if it is installed (or given) and was seen to work. */
export async function findFaketime(library?: string): Promise<string | undefined> {
  for (const path of library === undefined ? candidates() : [library]) {
    let probe = probes.get(path);
    if (!probe) {
      probe = works(path);
      probes.set(path, probe);
    }
    if (await probe) return path;
  }
  return undefined;
}

/** The library's path if it was asked for and works. Rejects if it was asked for by its path and does not. */
export async function askedFaketime(asked: boolean | string = false): Promise<string | undefined> {
  if (asked === false) return undefined;
  const found = await findFaketime(asked === true ? undefined : asked);
  if (found === undefined && typeof asked === "string")
    throw new Error(`${asked} is no libfaketime that works here. Give the path of libfaketimeMT.so.1, or none.`);
  return found;
}

const PROBE_OFFSET_MS = -86_400_000;

/** Moves a small program's clock back by a day, and sees whether its timers still keep time. */
async function works(library: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "splitbrain-"));
  try {
    const file = new FaketimeFile(join(folder, "clock"));
    file.write(PROBE_OFFSET_MS);
    const program = "const m = performance.now(); setTimeout(() => console.log(Date.now(), performance.now() - m), 20)";
    const startMs = Date.now();
    const { stdout, exitCode } = await execa(process.execPath, ["-e", program], {
      env: faketimeEnvironment(library, file.path),
      reject: false,
      timeout: 10_000,
      killSignal: "SIGKILL",
    });
    const [wallMs = Number.NaN, waitedMs = Number.NaN] = exitCode === 0 ? stdout.split(" ").map(Number) : [];
    const errorMs = wallMs - PROBE_OFFSET_MS - startMs;
    return errorMs >= 0 && errorMs < 30_000 && waitedMs >= 19 && waitedMs < 10_000;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a program needs in its environment to see the clock that is set in `file`. */
export function faketimeEnvironment(library: string, file: string): Record<string, string> {
  const others = process.env.LD_PRELOAD;
  return {
    LD_PRELOAD: others ? `${library}:${others}` : library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    FAKETIME_DISABLE_SHM: "1",
    NO_FAKE_STAT: "1",
  };
}

/** The file that a preloaded program reads each time it looks at its clock. */
export class FaketimeFile implements Hands {
  readonly stepMs = STEP_MS;
  readonly path: string;
  #offsetMs = Number.NaN;

  constructor(path: string) {
    this.path = path;
    this.write(0);
  }

  async set({ offsetMs }: Skew): Promise<void> {
    this.write(offsetMs);
  }

  write(offsetMs: number): void {
    if (offsetMs === this.#offsetMs) return;
    this.#offsetMs = offsetMs;
    // Replaced as a whole: the program may read at any moment.
    const next = `${this.path}.next`;
    writeFileSync(next, `${offsetMs < 0 ? "-" : "+"}${(Math.abs(offsetMs) / 1000).toFixed(6)}\n`);
    renameSync(next, this.path);
  }
}

/** Removes what the library shares between processes and cannot remove itself when it is killed. */
export function removeFaketimeShares(pid: number): void {
  for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) rmSync(`/dev/shm/${name}`, { force: true });
}
