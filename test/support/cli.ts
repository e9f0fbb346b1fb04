import { fileURLToPath } from "node:url";
import { execa, type Options } from "execa";

/** The compiled command line; `npm test` builds it before. */
export const CLI = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

export interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `splitbrain` with these arguments to its end, as a user would, in `cwd`. Never rejects. */
export async function splitbrain(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Ran> {
  const options = {
    cwd,
    env: { NO_COLOR: "1", ...env },
    reject: false,
    stdin: "ignore",
    timeout: 110_000,
  } as const satisfies Options;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [CLI, ...args], options);
  return { exitCode, stdout, stderr };
}

/** Polls until `condition` holds; fails after `timeoutMs`. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  for (const end = Date.now() + timeoutMs; !(await condition()); ) {
    if (Date.now() > end) throw new Error(`${what} did not come true in ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
