import { fileURLToPath } from "node:url";
import { execa, type Options } from "execa";
import { vi } from "vitest";
import { splitbrain as runHere } from "../../src/cli/program.ts";

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

/**
 * The same without a process of its own, which takes most of a second: for command lines that end by themselves at once.
 * What is special about a process (signals, standard input, leaving things behind) is not to be seen here.
 */
export async function splitbrainHere(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const before = { cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode };
  const given = { NO_COLOR: "1", ...env };
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
      written[stream] += chunk;
      return true;
    }),
  );
  process.chdir(cwd);
  Object.assign(process.env, given);
  process.exitCode = undefined;
  try {
    const exitCode = await runHere(args, "0.0.0");
    return { exitCode, stdout: written.stdout.trimEnd(), stderr: written.stderr.trimEnd() };
  } finally {
    process.chdir(before.cwd);
    for (const name of Object.keys(given)) {
      const value = before.env[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    process.exitCode = before.exitCode;
    for (const spy of spies) spy.mockRestore();
  }
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
