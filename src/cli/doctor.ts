import { Command } from "commander";
import { EXIT } from "./user-error.ts";

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Something that a run has left behind whose harness is gone. */
interface Leftover {
  readonly kind: "process" | "container" | "network" | "volume";
  readonly name: string;
  readonly detail: string;
}

/** `splitbrain doctor`: what this machine can do, and what earlier runs left behind. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("tell what this machine can do, and find (--clean: remove) what killed runs left behind")
    .option("--clean", "end processes, and remove containers, networks and volumes, of runs whose harness is gone")
    .option("--json", "print one JSON object")
    .action(doctor);
}

async function doctor({ clean = false, json }: { clean?: boolean; json?: boolean }): Promise<void> {
  // Loaded on demand, as in `startCluster`.
  const { findLeftovers, killLeftovers } = await import("../runtimes/process/leftovers.ts");
  const docker = await lookAtDocker(clean);
  const processes = (clean ? await killLeftovers() : await findLeftovers()).map(
    ({ pid, command }): Leftover => ({ kind: "process", name: String(pid), detail: command }),
  );
  const findings = [node(), await faketime(), ...docker.findings];
  const leftovers = [...processes, ...docker.leftovers];
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
  if (leftovers.length === 0) process.stdout.write("Nothing is left by earlier runs.\n");
  for (const { kind, name, detail } of leftovers)
    process.stdout.write(`${clean ? "removed" : "left"}: ${kind} ${name}${detail === "" ? "" : ` (${detail})`}\n`);
  if (left.length > 0) process.stdout.write("Remove it with: npx splitbrain doctor --clean\n");
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
  const { findFaketime } = await import("../runtimes/process/faketime.ts");
  const found = await findFaketime();
  return found === undefined
    ? {
        name: "libfaketime",
        ok: false,
        detail: "not found; clock faults on processes work for bundled nodes only (Debian: apt install faketime)",
      }
    : { name: "libfaketime", ok: true, detail: `${found}; clock faults work for any dynamically linked program` };
}

/** The engine, what its kernel can do, and what runs have left in it. Without an engine, that there is none. */
async function lookAtDocker(clean: boolean): Promise<{ findings: Finding[]; leftovers: Leftover[] }> {
  const { connectEngine, findDockerLeftovers, probeEngine, removeLeftovers } = await import(
    "../runtimes/docker/index.ts"
  );
  try {
    const engine = await connectEngine();
    const found = await (clean ? removeLeftovers(engine) : findDockerLeftovers(engine));
    const leftovers = found.flatMap(({ kind, name, runDir, borrowed }): Leftover[] => [
      ...(borrowed
        ? [{ kind, name: borrowed.name, detail: `${borrowed.state} by the run ${runDir}; not ours, to be set right` }]
        : []),
      { kind, name, detail: `of the run ${runDir}` },
    ]);
    return { findings: await probeEngine(engine), leftovers };
  } catch (error) {
    if ((error as Error).name !== "EngineError") throw error;
    return { findings: [{ name: "docker", ok: false, detail: (error as Error).message }], leftovers: [] };
  }
}
