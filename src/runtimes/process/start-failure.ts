import { existsSync, statSync } from "node:fs";
import type { NodeId } from "../../core/operation.ts";
import type { Exit } from "./node-process.ts";

/** What is known of a start that failed. */
export interface Evidence {
  readonly node: NodeId;
  readonly command: readonly [string, ...string[]];
  readonly timeoutMs: number;
  /** How the process ended; absent if it still ran when its time was up. */
  readonly exit?: Exit;
  /** What it answered `init` with, if that was not `init_ok`. */
  readonly refusal?: string;
  /** The first line on stdout that was no message, with the reason. */
  readonly garbage?: string;
  /** The last lines on stderr. */
  readonly stderr: readonly string[];
}

/** A node that could not be started; the message says what to do about it. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
  readonly node: NodeId;

  constructor(evidence: Evidence) {
    super(explain(evidence));
    this.node = evidence.node;
  }
}

function explain(evidence: Evidence): string {
  const { node, command, exit } = evidence;
  const program = quote(command[0]);
  if (exit?.kind === "not-started") return `Node ${node} could not be started: ${explainSpawn(command[0], exit)}`;
  const what = `Node ${node} (${command.map(quoteIfNeeded).join(" ")})`;
  const heard = [garbageText(evidence), stderrText(evidence)].filter((text) => text !== "").join("\n");
  const also = heard === "" ? "" : `\n${heard}`;
  if (exit) {
    const how = describeExit(exit);
    return `${what} ${how} before it answered init. Run the same command by hand to see why.${also}`;
  }
  if (evidence.refusal !== undefined)
    return `${what} answered init with ${evidence.refusal}. The right answer is a message of type "init_ok" whose in_reply_to is the msg_id of the init.${also}`;
  return (
    `${what} did not answer init within ${evidence.timeoutMs / 1000} s. ` +
    `Does ${program} speak the Maelstrom protocol, one JSON message a line on stdin and stdout, and flush each line?${also}`
  );
}

export function describeExit(exit: Exit): string {
  switch (exit.kind) {
    case "code":
      return `exited with code ${exit.code}`;
    case "signal":
      return `was ended by ${exit.signal}`;
    case "not-started":
      return `could not be started (${exit.code})`;
  }
}

function explainSpawn(file: string, { code, text }: Extract<Exit, { kind: "not-started" }>): string {
  const name = quote(file);
  const isPath = file.includes("/");
  switch (code) {
    case "ENOENT":
      if (!isPath)
        return `there is no program ${name} on the PATH. Check the spelling, or give a path such as ./${file}.`;
      if (existsSync(file))
        return `${name} is there, but the interpreter that its first line names is not. Correct that line, or install the interpreter.`;
      return `there is no file ${name}. Check the path; it is relative to ${quote(process.cwd())}.`;
    case "EACCES":
      if (isPath && existsSync(file) && statSync(file).isDirectory())
        return `${name} is a directory. Give the program inside it.`;
      return `${name} is not executable. Make it so with: chmod +x ${quoteIfNeeded(file)}`;
    case "ENOEXEC":
      return `${name} is no program that this system can run. If it is a script, its first line must name the interpreter, such as #!/usr/bin/env node.`;
    default:
      return `${name}: ${code}${text === "" ? "" : ` (${text.split("\n")[0]})`}.`;
  }
}

const garbageText = ({ garbage }: Evidence): string =>
  garbage === undefined
    ? ""
    : `It printed a line on stdout that is no proper message: ${garbage}\nOnly messages may go to stdout; write logs to stderr.`;

const stderrText = ({ stderr }: Evidence): string =>
  stderr.length === 0 ? "" : `Its last lines on stderr:\n${stderr.map((line) => `  ${excerpt(line)}`).join("\n")}`;

const EXCERPT_LENGTH = 300;

export const excerpt = (line: string): string =>
  line.length <= EXCERPT_LENGTH ? line : `${line.slice(0, EXCERPT_LENGTH)}… (${line.length} characters)`;

const quote = (text: string): string => JSON.stringify(text);

const quoteIfNeeded = (text: string): string =>
  /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
