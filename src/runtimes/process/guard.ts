import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { NodeId } from "../../core/operation.ts";
import { newToken } from "../shared/real/owner.ts";
import { livingStartOf } from "../shared/real/procfs.ts";
import { within } from "../shared/real/time.ts";

/** Every process of a run carries the run's token under this name in its environment, and so do its children. */
export const TOKEN_VARIABLE = "SPLITBRAIN_RUN";

/**
 * Reads lists of process groups from standard input, one list a line, each replacing the one before. When the pipe
 * closes, however the harness ended, it kills what is left: where there is /proc, every process that carries the token,
 * over and over until there is none, for one that is just being forked can escape a single round; elsewhere the groups
 * of the last list. It also removes what libfaketime leaves behind for a process that could not clean up.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=
while read -r list; do groups=$list; done
if [ -r /proc/self/environ ] && command -v grep >/dev/null; then
  rounds=0
  while [ $rounds -lt 100 ]; do
    found=$(grep -l -s -F -- "${TOKEN_VARIABLE}=$1" /proc/[0-9]*/environ)
    [ -z "$found" ] && break
    for file in $found; do
      pid=\${file#/proc/}
      kill -9 "\${pid%/environ}" 2>/dev/null
    done
    rounds=$((rounds + 1))
    sleep 0.1
  done
else
  for group in $groups; do kill -9 "-$group" 2>/dev/null; done
fi
for group in $groups; do
  rm -f "/dev/shm/faketime_shm_$group" "/dev/shm/sem.faketime_sem_$group"
done
`;

/** How long the guard may take to make sure that nothing is left. */
const END_MS = 15_000;

/**
 * A process that outlives the harness by a moment: it holds a pipe from it and, when that closes, sees to it that no
 * child is left. So even a harness that was killed with SIGKILL leaves nothing, not even stopped processes.
 */
export interface Guard {
  readonly token: string;
  /** Tells which process groups there are now. */
  watch(groups: readonly number[]): void;
  /** Has it kill what is left; resolves when it is done. Idempotent. */
  end(): Promise<void>;
}

/** Rejects if there is no POSIX shell. */
export async function startGuard(): Promise<Guard> {
  const token = newToken();
  const shell = execa("sh", ["-c", SCRIPT, "splitbrain-guard", token], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  if (shell.pid === undefined) {
    const { shortMessage } = await shell;
    throw new Error(
      `The process runtime needs a POSIX shell named "sh" on the PATH, and it could not be started: ${shortMessage}`,
    );
  }
  shell.stdin.on("error", () => undefined);
  const exited = shell.then(() => undefined);
  return {
    token,
    watch: (groups) => {
      shell.stdin.write(`${groups.join(" ")}\n`);
    },
    async end() {
      shell.stdin.end();
      await within(exited, END_MS, undefined);
    },
  };
}

/** Tells the guard, and whoever looks into the run's folder, which processes there are. */
export function register(
  guard: Guard,
  runDir: string,
  members: ReadonlyMap<NodeId, { readonly pid: number | undefined }>,
): void {
  const nodes = [...members].flatMap(([id, { pid }]) => (pid === undefined ? [] : [{ id, pid }]));
  guard.watch(nodes.map(({ pid }) => pid));
  const harnessStart = livingStartOf(process.pid) ?? null;
  const record = { harnessPid: process.pid, harnessStart, token: guard.token, nodes };
  writeFileSync(join(runDir, "processes.json"), `${JSON.stringify(record, null, 2)}\n`);
}
