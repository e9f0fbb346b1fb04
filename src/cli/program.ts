import { Command, CommanderError } from "commander";
import { campaignCommand } from "./campaign.ts";
import { checkCommand } from "./check.ts";
import { Interrupted, Lost } from "./conduct.ts";
import { doctorCommand } from "./doctor.ts";
import { listCommand } from "./list.ts";
import { matrixCommand } from "./matrix.ts";
import { isUserMistake } from "./mistakes.ts";
import { replayCommand } from "./replay.ts";
import { runCommand } from "./run.ts";
import { scenarioCommand } from "./scenario.ts";
import { EXIT } from "./user-error.ts";

/**
 * Runs one command line and gives the exit code. What a command finds goes to standard output, all else to standard error.
 *
 * @param args without the names of the interpreter and of the program
 * @param version of the package, for `--version`
 */
export async function splitbrain(args: readonly string[], version: string): Promise<number> {
  const program = new Command("splitbrain")
    .description("Finds out which consistency guarantees a replicated system really keeps.")
    .version(version)
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit codes: 0 valid, 1 a promise was broken, 2 unknown, 130 interrupted, 254 bad arguments, 255 crashed.",
    );
  for (const command of [
    runCommand(),
    campaignCommand(),
    matrixCommand(),
    scenarioCommand(),
    checkCommand(),
    replayCommand(),
    listCommand(),
    doctorCommand(),
  ])
    program.addCommand(command.exitOverride().showSuggestionAfterError());

  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    process.exitCode = explain(error);
  }
  return Number(process.exitCode ?? 0);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.valid : EXIT.badArguments;
  if (error instanceof Interrupted) {
    const kept = error.runDir === undefined ? "" : ` The history is kept: npx splitbrain check ${error.runDir}`;
    process.stderr.write(`Interrupted; every fault is healed and every node stopped.${kept}\n`);
    return EXIT.interrupted;
  }
  if (isUserMistake(error)) {
    process.stderr.write(`splitbrain: ${error.message}\n`);
    return EXIT.badArguments;
  }
  if (error instanceof Lost) {
    process.stderr.write(
      `splitbrain: ${error.message} The history is kept: npx splitbrain check ${error.runDir}. What is left goes with the next run in Docker, or with: npx splitbrain doctor --clean\n`,
    );
    return EXIT.crashed;
  }
  process.stderr.write(
    `splitbrain crashed; this is a bug of splitbrain:\n${error instanceof Error ? error.stack : error}\n`,
  );
  return EXIT.crashed;
}
