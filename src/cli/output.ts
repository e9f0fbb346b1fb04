import type { History } from "../core/history.ts";
import type { RunVerdict } from "../core/verdict.ts";
import { jsonReport } from "../report/json.ts";
import { textReport } from "../report/text.ts";
import type { Conducted } from "./conduct.ts";
import { titleOf } from "./conduct.ts";
import { EXIT } from "./user-error.ts";

/** Whether a stream wants colours: a terminal, and NO_COLOR (no-color.org) unset or empty. */
export const wantsColor = (stream: { isTTY?: boolean }): boolean => stream.isTTY === true && !process.env.NO_COLOR;

/** Columns to write for: the terminal's, or 100 where there is none. */
export const widthOf = (stream: { columns?: number }): number => stream.columns ?? 100;

/** Prints a verdict on standard output and sets the exit code that goes with it. */
export function printVerdict(verdict: RunVerdict, history: History, title: string, json: boolean): void {
  const options = { color: wantsColor(process.stdout), width: widthOf(process.stdout), title };
  process.stdout.write(`${json ? jsonReport(verdict) : textReport(verdict, history, options)}\n`);
  process.exitCode = EXIT[verdict.verdict];
}

/** Prints what a run found, and on standard error what went wrong inside it. */
export function printConducted({ verdict, history, scenario, problems }: Conducted, json: boolean): void {
  for (const problem of problems.slice(0, 5)) process.stderr.write(`warning: ${problem}\n`);
  if (problems.length > 5) process.stderr.write(`warning: and ${problems.length - 5} more\n`);
  printVerdict(verdict, history, titleOf(scenario), json);
}
