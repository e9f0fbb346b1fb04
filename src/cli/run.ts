import { Command } from "commander";
import { WORKLOADS } from "../../workloads/index.ts";
import { CONSISTENCY_MODELS } from "../core/consistency.ts";
import { FAULT_KINDS, type LinkQuality } from "../core/fault.ts";
import { RUNTIME_NAMES, type RuntimeName, type Target } from "../core/scenario.ts";
import { MODELS } from "../models/index.ts";
import { interruptible } from "./interrupt.ts";
import { listOf, lookUp, oneOf } from "./names.ts";
import { printConducted } from "./output.ts";
import { DEFAULT_FAULTS, DEFAULT_RATE_PER_S, DEFAULTS, type PlanRequest, planScenario } from "./plan.ts";
import { reporter } from "./reporter.ts";
import { search } from "./search.ts";
import { gapMsFor, type ModelTarget, modelTarget } from "./target.ts";
import { UserError } from "./user-error.ts";
import { durationMs, parseDelay, parseFaults, parseSeed, positiveNumber, probability, wholeNumber } from "./values.ts";

/** A bug that is searched for with no seed given is given up after this long. */
const HUNT_MS = 50_000;

interface RunFlags {
  readonly bin?: string;
  readonly runtime?: string;
  readonly config?: string;
  readonly bug?: string;
  readonly workload?: string;
  readonly nodes?: string;
  readonly clients?: string;
  readonly rate?: string;
  readonly time?: string;
  readonly timeout?: string;
  readonly settle?: string;
  readonly nemesis?: string;
  readonly nemesisInterval?: string;
  readonly delay?: string;
  readonly loss?: string;
  readonly duplicate?: string;
  readonly reorder?: string;
  readonly seed?: string;
  readonly seeds?: string;
  readonly expect?: string;
  readonly messages: boolean;
  readonly json?: boolean;
}

/** `splitbrain run <system>`: one test. */
export function runCommand(): Command {
  return new Command("run")
    .description("test one system: cluster, clients, faults, history, verdict")
    .argument("[system]", `a bundled model: ${Object.keys(MODELS).join(", ")}`)
    .argument("[arguments...]", "arguments of the program given with --bin, after --")
    .option("--bin <program>", "test a program that speaks the Maelstrom protocol on stdin and stdout")
    .option("--runtime <name>", "where it runs: sim (virtual time) or process (one process a node)")
    .option("--config <values>", "configuration of the model, such as async,any-replica; see list")
    .option("--bug <name>", "switch on a deliberate bug of the model; see list")
    .option("--workload <name>", `what clients do: ${Object.keys(WORKLOADS).join(", ")}`)
    .option("--nodes <n>", `size of the cluster (default ${DEFAULTS.nodes})`)
    .option("--clients <n>", `concurrent clients (default ${DEFAULTS.clients})`)
    .option(
      "--rate <n>",
      `operations per second of each client (default ${DEFAULT_RATE_PER_S.sim} in sim, ${DEFAULT_RATE_PER_S.process} in process)`,
    )
    .option("--time <span>", "how long clients and faults go on (default 30s; virtual in sim)")
    .option("--timeout <span>", "after this an operation counts as unknown (default 1s)")
    .option("--settle <span>", "between healing and the closing reads (default 3s)")
    .option(
      "--nemesis <kinds>",
      `faults: ${FAULT_KINDS.join(",")}, or all, or none (default ${DEFAULT_FAULTS.join(",")})`,
    )
    .option("--nemesis-interval <span>", "mean quiet time between two faults of a kind (default 3s)")
    .option("--delay <delay>", "between nodes at all times: 5ms, 1ms-20ms, exponential:10ms, long-tail:1ms-500ms")
    .option("--loss <p>", "probability that a message between nodes is lost, at all times")
    .option("--duplicate <p>", "probability that it arrives twice")
    .option("--reorder <p>", "probability that it is held back for later ones to overtake it")
    .option("--seed <n>", "seed of operations, faults, and in sim of everything")
    .option("--seeds <n>", "run so many seeds, up to the first that breaks a promise")
    .option("--expect <models>", "what must hold, instead of what the system promises")
    .option("--no-messages", "do not write messages.jsonl")
    .option("--json", "print one JSON object")
    .action(async (system: string | undefined, rest: string[], flags: RunFlags) => run(system, rest, flags));
}

async function run(system: string | undefined, rest: readonly string[], flags: RunFlags): Promise<void> {
  const request = requestOf(system, rest, flags);
  const hunt = request.target.kind === "model" && request.target.bug !== undefined;
  const first = flags.seed === undefined ? 1 : parseSeed(flags.seed);
  const asked = flags.seeds === undefined ? undefined : wholeNumber("--seeds", flags.seeds, 1, 1_000_000);
  // Simulated time costs little: a bug is searched for unless the seed is given.
  const hunting = hunt && asked === undefined && flags.seed === undefined && request.runtime === "sim";
  const report = reporter(request.timeMs, asked ?? (hunting ? undefined : 1));
  const found = await interruptible((signal) =>
    search((seed) => planScenario({ ...request, seed }), {
      firstSeed: first,
      count: asked ?? (hunting ? Number.MAX_SAFE_INTEGER : 1),
      timeMs: hunting ? HUNT_MS : Number.POSITIVE_INFINITY,
      hunting,
      messages: flags.messages,
      signal,
      ...report,
    }),
  ).finally(report.end);
  printConducted(found, flags.json === true);
}

/** From the command line to what is to be planned; every mistake is a `UserError`. */
function requestOf(system: string | undefined, rest: readonly string[], flags: RunFlags): Omit<PlanRequest, "seed"> {
  const { target, model, hunt } = targetOf(system, rest, flags);
  const runtime = runtimeOf(target, flags);
  const workload = flags.workload ?? hunt.workload ?? model?.workloads[0] ?? "register";
  lookUp("workload", workload, WORKLOADS);
  if (model && !model.workloads.includes(workload))
    throw new UserError(
      `${model.name} cannot serve the workload ${workload}; it can serve ${model.workloads.join(", ")}.`,
    );
  const nodes = flags.nodes === undefined ? (hunt.nodes ?? DEFAULTS.nodes) : wholeNumber("--nodes", flags.nodes, 1, 99);
  const rejection = target.kind === "model" ? model?.reject?.(target.config, nodes) : undefined;
  if (rejection) throw new UserError(rejection);
  const span = (option: string, text: string | undefined, ms: number): number =>
    text === undefined ? ms : durationMs(option, text);
  const timeMs = span("--time", flags.time, DEFAULTS.timeMs);
  return {
    target,
    runtime,
    workload,
    nodes,
    clients: flags.clients === undefined ? DEFAULTS.clients : wholeNumber("--clients", flags.clients, 1, 1000),
    faults: flags.nemesis === undefined ? (hunt.faults ?? DEFAULT_FAULTS) : parseFaults(flags.nemesis),
    timeMs,
    ratePerS: flags.rate === undefined ? DEFAULT_RATE_PER_S[runtime] : positiveNumber("--rate", flags.rate, 1000),
    timeoutMs: span("--timeout", flags.timeout, DEFAULTS.timeoutMs),
    settleMs: span("--settle", flags.settle, DEFAULTS.settleMs),
    gapMs: span("--nemesis-interval", flags.nemesisInterval, gapMsFor(hunt, timeMs)),
    network: { ...hunt.network, ...networkOf(flags) },
    ...(flags.expect === undefined ? {} : { expect: listOf("consistency model", flags.expect, CONSISTENCY_MODELS) }),
  };
}

function targetOf(
  system: string | undefined,
  rest: readonly string[],
  flags: RunFlags,
): ModelTarget | { readonly target: Target; readonly model?: undefined; readonly hunt: ModelTarget["hunt"] } {
  if (flags.bin !== undefined) {
    if (flags.config !== undefined || flags.bug !== undefined)
      throw new UserError(
        "--config and --bug belong to bundled models; a program given with --bin takes its arguments after --.",
      );
    return {
      target: { kind: "program", command: [flags.bin, ...(system === undefined ? [] : [system]), ...rest] },
      hunt: {},
    };
  }
  if (system === undefined)
    throw new UserError(`Name a system to test (${Object.keys(MODELS).join(", ")}) or give a program with --bin.`);
  if (rest.length > 0)
    throw new UserError(`${rest.join(" ")}: only a program given with --bin takes further arguments.`);
  return modelTarget(system, flags.config, flags.bug);
}

function networkOf({ delay, loss, duplicate, reorder }: RunFlags): LinkQuality {
  return {
    ...(delay === undefined ? {} : { delay: parseDelay("--delay", delay) }),
    ...(loss === undefined ? {} : { loss: probability("--loss", loss) }),
    ...(duplicate === undefined ? {} : { duplicate: probability("--duplicate", duplicate) }),
    ...(reorder === undefined ? {} : { reorder: probability("--reorder", reorder) }),
  };
}

function runtimeOf(target: Target, flags: RunFlags): RuntimeName {
  if (flags.runtime === undefined) return target.kind === "program" ? "process" : "sim";
  const runtime = oneOf("runtime", flags.runtime, RUNTIME_NAMES);
  if (target.kind === "program" && runtime === "sim")
    throw new UserError(
      "--bin and --runtime sim contradict each other: only bundled models can be simulated. Give --runtime process.",
    );
  return runtime;
}
