import { readFileSync } from "node:fs";
import { Command } from "commander";
import { type RunFolder, resolveRun, runFolder } from "../history/run-folder.ts";
import { readScenario } from "../history/scenario-file.ts";
import { conduct } from "./conduct.ts";
import { interruptible } from "./interrupt.ts";
import { printConducted } from "./output.ts";
import { reporter } from "./reporter.ts";

/** `splitbrain replay <run>`: the stored plan once more; in the simulator byte for byte. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("run the scenario of a run folder again; in sim the history is the same to the byte")
    .argument("<run>", "a run folder, or latest")
    .option("--no-messages", "do not write messages.jsonl")
    .option("--json", "print one JSON object")
    .action(async (path: string, flags: { messages: boolean; json?: boolean }) => {
      const before = resolveRun(path);
      const scenario = readScenario(before.scenario);
      const report = reporter(scenario.timeMs, 1);
      const again = await interruptible((signal) =>
        conduct(scenario, { keep: true, messages: flags.messages, signal, onProgress: report.onProgress }),
      ).finally(report.end);
      printConducted(again, flags.json === true);
      if (scenario.runtime === "sim" && again.verdict.runDir !== null) compareBytes(before, again.verdict.runDir);
    });
}

/** Says on standard error whether the two histories are the same. */
function compareBytes(before: RunFolder, runDir: string): void {
  const same = readFileSync(before.history).equals(readFileSync(runFolder(runDir).history));
  process.stderr.write(
    same
      ? `The history is the same to the byte as that of ${before.dir}.\n`
      : `The history differs from that of ${before.dir}: the run was cut, or the system has changed since.\n`,
  );
}
