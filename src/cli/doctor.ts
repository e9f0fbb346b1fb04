import { Command } from "commander";
import { findFaketime } from "../runtimes/process/faketime.ts";
import { findLeftovers, killLeftovers } from "../runtimes/process/leftovers.ts";
import { EXIT } from "./user-error.ts";

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** `splitbrain doctor`: what this machine can do, and what earlier runs left behind. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("tell what this machine can do, and find (--clean: end) what killed runs left behind")
    .option("--clean", "end processes of runs whose harness is gone")
    .option("--json", "print one JSON object")
    .action(doctor);
}

async function doctor({ clean, json }: { clean?: boolean; json?: boolean }): Promise<void> {
  const leftovers = clean ? await killLeftovers() : await findLeftovers();
  const findings = [node(), await faketime()];
  const left = clean ? [] : leftovers;
  process.exitCode =
    left.length > 0 || findings.some(({ name, ok }) => name === "node" && !ok) ? EXIT.invalid : EXIT.valid;
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ schema: "splitbrain.doctor/1", findings, leftovers, cleaned: clean === true })}\n`,
    );
    return;
  }
  for (const { name, ok, detail } of findings) process.stdout.write(`${ok ? "yes" : "no "}  ${name}: ${detail}\n`);
  if (leftovers.length === 0) process.stdout.write("Nothing is left running by earlier runs.\n");
  for (const { pid, command } of leftovers)
    process.stdout.write(`${clean ? "ended" : "left running"}: ${pid} ${command}\n`);
  if (left.length > 0) process.stdout.write("End them with: npx splitbrain doctor --clean\n");
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "node",
    ok,
    detail: ok ? `${process.version} runs everything` : `${process.version} is too old; 20.19 or later is needed`,
  };
}

async function faketime(): Promise<Finding> {
  const found = await findFaketime();
  return found === undefined
    ? {
        name: "libfaketime",
        ok: false,
        detail: "not found; clock faults on processes work for bundled nodes only (Debian: apt install faketime)",
      }
    : { name: "libfaketime", ok: true, detail: `${found}; clock faults work for any dynamically linked program` };
}
