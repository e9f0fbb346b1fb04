import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { NodeId } from "../../core/operation.ts";
import type { CommandPlan } from "../../core/system.ts";
import type { Exit } from "./node-process.ts";
import { describeExit, StartFailure } from "./start-failure.ts";

/** What is known of a command that did not become a node. */
export interface CommandEvidence {
  readonly node: NodeId;
  readonly plan: CommandPlan;
  readonly timeoutMs: number;
  /** How the process ended; absent if it still ran when its time was up. */
  readonly exit?: Exit;
  /** Why it was not ready when it was last asked, if that is known. */
  readonly why?: string;
  /** The last lines that it wrote. */
  readonly lines: readonly string[];
}

/** A command that could not be started or did not become ready; the message says what to do about it. */
export class CommandFailure extends Error {
  override readonly name = "StartFailure";
}

export function commandFailure({ node, plan, timeoutMs, exit, why, lines }: CommandEvidence): Error {
  const { command, host, port } = plan;
  if (exit?.kind === "not-started") return spawnFailure(node, plan, timeoutMs, exit);
  const what = `Node ${node} (${command.join(" ")})`;
  const told = why === undefined ? "" : ` (${why})`;
  const text = exit
    ? `${what} ${describeExit(exit)} before it was ready. Run the same command by hand to see why.`
    : `${what} was not ready within ${timeoutMs / 1000} s${told}. Does it serve clients at ${host}:${port}?`;
  const heard = lines.length === 0 ? "" : `\nIts last lines:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return new CommandFailure(`${text}${heard}`);
}

/** As for any program, but for a path that is relative to the command's own folder. */
function spawnFailure(node: NodeId, { command, cwd }: CommandPlan, timeoutMs: number, exit: Exit): Error {
  const [program, ...args] = command;
  const path = cwd !== undefined && program.includes("/") ? resolve(cwd, program) : program;
  if (cwd !== undefined && path !== program && !existsSync(path))
    return new CommandFailure(
      `Node ${node} could not be started: there is no file "${program}". Check the path; it is relative to "${cwd}".`,
    );
  return new StartFailure({ node, command: [path, ...args], timeoutMs, exit, stderr: [] });
}
