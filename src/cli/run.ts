import { Command } from "commander";
import { WORKLOADS } from "../../workloads/index.ts";
import { FAULT_KINDS, type LinkQuality } from "../core/fault.ts";
import type { RuntimeName, Target } from "../core/scenario.ts";
import { interruptible } from "./interrupt.ts";
import { lookUp, modelsNamed } from "./names.ts";
import { printConducted } from "./output.ts";
import { DEFAULT_FAULTS, DEFAULT_RATE_PER_S, DEFAULTS, type PlanRequest, planScenario } from "./plan.ts";
import { reporter } from "./reporter.ts";
import { requestFor } from "./request.ts";
import { search } from "./search.ts";
import { nodesFor, SUBJECTS } from "./target.ts";
import { type Aim, aimOf, type TargetFlags } from "./target-flags.ts";
import { UserError } from "./user-error.ts";
import { durationMs, parseDelay, parseFaults, parseSeed, positiveNumber, probability, wholeNumber } from "./values.ts";

/** A bug that is searched for with no seed given is given up after this long. */
const HUNT_MS = 50_000;

interface RunFlags extends TargetFlags {
  readonly image?: string;
  readonly memory?: string;
  readonly cpus?: string;
  readonly cutClients?: boolean;
  readonly workload?: string;
  readonly nodes?: string;
  readonly clients?: string;
  readonly rate?: string;
  readonly time?: string;
  readonly timeout?: string;
  readonly settle?: string;
  readonly nemesis?: string;
  readonly nemesisInterval?: string;
  readonly maxSkew?: string;
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
    .argument("[system]", `${Object.keys(SUBJECTS).join(", ")}; without one, what splitbrain.config.ts defines`)
    .argument("[arguments...]", "arguments of the program given with --bin, after --")
    .option("--bin <program>", "test a program that speaks the Maelstrom protocol on stdin and stdout")
    .option(
      "--runtime <name>",
      "where it runs: sim (virtual time), process (one process a node), docker (one container)",
    )
    .option(
      "--config <values or file>",
      "configuration, such as async,any-replica (see list), or a file that defines a system (.ts, .mjs, …); repeatable",
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option("--bug <name>", "switch on a deliberate bug of the model; see list")
    .option("--containers <names>", "take containers that run already for the nodes: a comma list, in order")
    .option("--compose-project <name>", "take the running containers of a compose project for the nodes")
    .option("--image <name>", "run an external system from this image, which must have the same program in it")
    .option("--memory <mb>", "megabytes that each container may use")
    .option("--cpus <n>", "processors that each container may use, fractions allowed")
    .option("--cut-clients", "partitions cut the smaller side off from its clients, too (docker)")
    .option("--workload <name>", `what clients do: ${Object.keys(WORKLOADS).join(", ")}`)
    .option("--nodes <n>", `size of the cluster (default ${DEFAULTS.nodes}, or what the model says)`)
    .option("--clients <n>", `concurrent clients (default ${DEFAULTS.clients})`)
    .option(
      "--rate <n>",
      `operations per second of each client (default ${DEFAULT_RATE_PER_S.sim} in sim, else ${DEFAULT_RATE_PER_S.process})`,
    )
    .option("--time <span>", "how long clients and faults go on (default 30s; virtual in sim)")
    .option("--timeout <span>", "after this an operation counts as unknown (default 1s)")
    .option("--settle <span>", "between healing and the closing reads (default 3s)")
    .option(
      "--nemesis <kinds>",
      `faults: ${FAULT_KINDS.join(",")}, or all of these, or none; or client-pause beside them (default ${DEFAULT_FAULTS.join(",")})`,
    )
    .option("--nemesis-interval <span>", "mean quiet time between two faults of a kind (default 3s)")
    .option("--max-skew <span>", "by how much at most clock faults put wall clocks wrong, either way")
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

async function run(system: string | undefined, rest: readonly string[], given: RunFlags): Promise<void> {
  const aim = await aimOf(system, rest, given);
  // What the command line says goes before what the configuration file says.
  const flags: RunFlags = { ...aim.defaults, ...given };
  const request = requestOf(aim, flags);
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
function requestOf(aim: Aim, flags: RunFlags): Omit<PlanRequest, "seed"> {
  const { target, subject, hunt, runtime } = aim;
  const workload = flags.workload ?? hunt.workload ?? subject?.workloads[0] ?? "register";
  lookUp("workload", workload, WORKLOADS);
  if (subject && !subject.workloads.includes(workload))
    throw new UserError(
      `${subject.name} cannot serve the workload ${workload}; it can serve ${subject.workloads.join(", ")}.`,
    );
  const nodes = nodesOf(aim, flags);
  const rejection = target.kind === "program" ? undefined : subject?.reject?.(target.config, nodes, workload);
  if (rejection) throw new UserError(rejection);
  if (flags.cutClients && runtime !== "docker")
    throw new UserError(
      `--cut-clients: the ${runtime} runtime cannot cut clients off from nodes; ${leaveOut(target)}.`,
    );
  const span = (option: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : durationMs(option, text);
  return {
    ...requestFor(aim, runtime, {
      workload,
      nodes,
      clients: flags.clients === undefined ? undefined : wholeNumber("--clients", flags.clients, 1, 1000),
      faults: flags.nemesis === undefined ? (hunt.faults ?? aim.faults) : parseFaults(flags.nemesis),
      timeMs: span("--time", flags.time),
      ratePerS: flags.rate === undefined ? undefined : positiveNumber("--rate", flags.rate, 1000),
      timeoutMs: span("--timeout", flags.timeout),
      settleMs: span("--settle", flags.settle),
      gapMs: span("--nemesis-interval", flags.nemesisInterval),
      maxSkewMs: span("--max-skew", flags.maxSkew),
      network: networkOf(flags, runtime),
    }),
    fullDisks: target.kind === "system",
    cutClients: flags.cutClients === true,
    ...limitsOf(flags, aim),
    ...(flags.expect === undefined ? {} : { expect: modelsNamed(flags.expect) }),
  };
}

/** What to do about a flag that needs containers. Only bundled models can be moved into some. */
const leaveOut = ({ kind }: Target): string => `leave it out${kind === "model" ? ", or give --runtime docker" : ""}`;

function nodesOf(aim: Aim, { nodes }: RunFlags): number {
  const asked = nodes === undefined ? undefined : wholeNumber("--nodes", nodes, 1, 99);
  const { fixedNodes } = aim;
  if (fixedNodes === undefined) return asked ?? nodesFor(aim);
  if (asked !== undefined && asked !== fixedNodes)
    throw new UserError(
      `--nodes ${asked}: the nodes of this system are named one by one, and there are ${fixedNodes}; leave --nodes out.`,
    );
  return fixedNodes;
}

function limitsOf(
  { memory, cpus, image }: RunFlags,
  { target, runtime, fixedNodes }: Aim,
): Pick<PlanRequest, "limits" | "image"> {
  if (image !== undefined && target.kind === "model")
    throw new UserError(
      "--image is for external systems; leave it out (the variable SPLITBRAIN_NODE_IMAGE names the base image of bundled nodes).",
    );
  const nodes = { sim: "are simulated", process: "are processes", docker: fixedNodes && "run already" }[runtime];
  const given = { "--memory": memory, "--cpus": cpus, "--image": image };
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined && nodes)
      throw new UserError(
        `${flag} is for containers that splitbrain makes, but these nodes ${nodes}; ${leaveOut(target)}.`,
      );
  const limits = {
    ...(memory === undefined ? {} : { memoryMb: wholeNumber("--memory", memory, 6, 1_000_000) }),
    ...(cpus === undefined ? {} : { cpus: positiveNumber("--cpus", cpus, 1024) }),
  };
  return { ...(Object.keys(limits).length === 0 ? {} : { limits }), ...(image === undefined ? {} : { image }) };
}

function networkOf({ delay, loss, duplicate, reorder }: RunFlags, runtime: RuntimeName): LinkQuality {
  const quality = {
    ...(delay === undefined ? {} : { delay: parseDelay("--delay", delay) }),
    ...(loss === undefined ? {} : { loss: probability("--loss", loss) }),
    ...(duplicate === undefined ? {} : { duplicate: probability("--duplicate", duplicate) }),
    ...(reorder === undefined ? {} : { reorder: probability("--reorder", reorder) }),
  };
  const [first] = Object.keys(quality);
  if (runtime === "docker" && first !== undefined)
    throw new UserError(
      `--${first}: containers have a real network, which is bad only while a fault lasts; give --nemesis link instead.`,
    );
  return quality;
}
