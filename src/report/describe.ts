import type { Anomaly } from "../core/checker.ts";
import type { Delay, Fault, LinkQuality } from "../core/fault.ts";
import type { Json } from "../core/json.ts";
import type { Invocation, NodeId, Operation } from "../core/operation.ts";
import { plain, truncate } from "./layout.ts";
import { byName, describeCuts } from "./links.ts";
import { describeValue, type ValueOptions } from "./values.ts";

const MAX_FAULT = 300;

/**
 * A fault in words: `partition halves: n1 n2 | n3 n4 n5`, `n3 paused`, `clock of n2 jumps by +500 ms`.
 *
 * @param nodes all nodes of the cluster, where known (`History.meta.nodes`); makes one-way cuts and faults of all
 *   nodes read better.
 */
export const describeFault = (fault: Fault, nodes?: readonly NodeId[]): string =>
  truncate(plain(faultInWords(fault, nodes)), MAX_FAULT);

function faultInWords(fault: Fault, nodes: readonly NodeId[] | undefined): string {
  switch (fault.kind) {
    case "partition":
      return `partition ${fault.shape}: ${describeCuts(fault.drops, nodes)}`;
    case "pause":
      return `${named(fault.nodes, nodes)} paused`;
    case "client-pause":
      return `clients at ${named(fault.nodes, nodes)} paused`;
    case "kill":
      return `${named(fault.nodes, nodes)} killed`;
    case "clock": {
      const whose = `clock${fault.nodes.length === 1 ? "" : "s"} of ${named(fault.nodes, nodes)}`;
      const one = fault.nodes.length === 1;
      switch (fault.mode) {
        case "jump":
          return `${whose} ${one ? "jumps" : "jump"} by ${signed(fault.offsetMs)}`;
        case "strobe":
          return `${whose} ${one ? "strobes" : "strobe"} by ${signed(fault.offsetMs)} every ${ms(fault.periodMs)}`;
        case "drift":
          return `${whose} ${one ? "runs" : "run"} at ${number(fault.rate)} times true speed`;
        default:
          return unheardOf(fault);
      }
    }
    case "link":
      return `${fault.links ? "links" : "all links"} ${describeQuality(fault.quality)}${where(fault.links)}`;
    case "disk":
      if ("full" in fault) return `disk${fault.nodes.length === 1 ? "" : "s"} of ${named(fault.nodes, nodes)} full`;
      return `disk${fault.nodes.length === 1 ? "" : "s"} of ${named(fault.nodes, nodes)} slower by ${ms(fault.stallMs)} a sync`;
    default:
      return unheardOf(fault);
  }
}

/** Imported histories may hold faults that the types do not know. */
const unheardOf = (fault: unknown): string => {
  const { kind, ...rest } = fault as { readonly kind?: string } & Record<string, Json>;
  return `${String(kind ?? "fault")} ${describeValue(rest, { width: 60 })}`;
};

const number = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 3 });
const ms = (value: number): string => `${number(value)} ms`;
const signed = (value: number): string => `${value < 0 ? "-" : "+"}${ms(Math.abs(value))}`;
const percent = (probability: number): string => `${number(probability * 100)} %`;

const named = (some: readonly NodeId[], all: readonly NodeId[] | undefined): string =>
  all && all.length > 1 && all.every((node) => some.includes(node)) ? "all nodes" : [...some].sort(byName).join(" ");

function describeDelay(delay: Delay): string {
  switch (delay.kind) {
    case "constant":
      return ms(delay.ms);
    case "uniform":
      return `${number(delay.minMs)} to ${ms(delay.maxMs)}`;
    case "exponential":
      return `about ${ms(delay.meanMs)}`;
    case "long-tail":
      return `${number(delay.minMs)} to ${ms(delay.maxMs)} with a long tail`;
  }
}

function describeQuality(quality: LinkQuality): string {
  const parts = [
    quality.delay === undefined ? "" : `delay ${describeDelay(quality.delay)}`,
    quality.loss ? `lose ${percent(quality.loss)}` : "",
    quality.duplicate ? `duplicate ${percent(quality.duplicate)}` : "",
    quality.reorder ? `reorder ${percent(quality.reorder)}` : "",
    quality.rateKbit ? `carry ${number(quality.rateKbit)} kbit/s` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "unharmed" : parts.join(", ");
}

function where(links: LinkFault["links"]): string {
  if (links === undefined) return "";
  const into = Object.keys(links)
    .sort(byName)
    .map((to) => `${[...(links[to] ?? [])].sort(byName).join(" ")} to ${to}`);
  return `: ${into.join(", ")}`;
}

type LinkFault = Extract<Fault, { kind: "link" }>;

/** Names come from histories that others wrote; a name as long as a page is of no use in a line. */
const MAX_NAME = 60;
const short = (name: string): string => truncate(plain(name), MAX_NAME);

/** An anomaly's heading: `stale-read on x`. */
export const anomalyTitle = ({ kind, key }: Anomaly): string =>
  // A system with a single object has no name for it.
  short(kind) + (key === undefined || key === "" ? "" : ` on ${short(key)}`);

/** A micro-operation of a transaction: `["r", "x", null]`, `["w", "x", 1]`, `["append", "x", 1]`. */
type Micro = readonly [f: string, key: Json, value: Json];

const isMicro = (value: Json): boolean =>
  Array.isArray(value) && value.length === 3 && typeof value[0] === "string" && /^(r|w|append)$/.test(value[0]);

/** The micro-operations, if it is a list of such. */
const microOps = (value: Json | undefined): readonly Micro[] | undefined =>
  Array.isArray(value) && value.length > 0 && value.every(isMicro) ? (value as unknown as readonly Micro[]) : undefined;

const bare = (key: Json): string => (typeof key === "string" ? short(key) : describeValue(key));

/** What was asked for: `write x 3`, `cas x 1 to 2`, `read x`, `read x (closing)`, `txn r x, w y 2`. */
export function describeInvocation(op: Invocation, options: ValueOptions = {}): string {
  const words = [short(op.f), ...(op.key === undefined ? [] : [short(op.key)])];
  const { input } = op;
  const micros = microOps(input);
  if (micros)
    words.push(
      micros
        .map(([f, key, value]) => `${f} ${bare(key)}${f === "r" ? "" : ` ${describeValue(value, options)}`}`)
        .join(", "),
    );
  else if (op.f === "cas" && Array.isArray(input) && input.length === 2)
    words.push(describeValue(input[0], options), "to", describeValue(input[1], options));
  else if (input !== null && input !== undefined) words.push(describeValue(input, options));
  if (op.final) words.push("(closing)");
  return words.join(" ");
}

/** What became of it: the value it yielded or `ok`, `x = 3, y = nothing` of a transaction, `failed: …`, `unknown: …`. */
export function describeOutcome(op: Operation, options: ValueOptions = {}): string {
  const { outcome } = op;
  switch (outcome.type) {
    case "ok":
      return (
        saw(outcome.value, options) ?? (yieldsValue(op, outcome.value) ? describeValue(outcome.value, options) : "ok")
      );
    case "fail":
      return `failed: ${short(outcome.error.name)}`;
    case "info":
      return `unknown: ${short(outcome.error.name)}`;
  }
}

/** What a transaction read; `ok` if it only wrote. `undefined` if it is none. */
function saw(value: Json, options: ValueOptions): string | undefined {
  const reads = microOps(value)?.filter(([f]) => f === "r");
  if (reads === undefined) return undefined;
  if (reads.length === 0) return "ok";
  return reads.map(([, key, seen]) => `${bare(key)} = ${describeValue(seen, options)}`).join(", ");
}

/** Writes answer `null`, or in imported histories their own input: nothing worth showing. */
const yieldsValue = (op: Operation, value: Json): boolean =>
  op.f === "read" || (value !== null && value !== undefined && JSON.stringify(value) !== JSON.stringify(op.input));

/** An operation in one line: `read x → 5`, `write x 3 → ok`, `cas x 1 to 2 → unknown: timeout`. */
export const describeOperation = (op: Operation, options: ValueOptions = {}): string =>
  `${describeInvocation(op, options)} → ${describeOutcome(op, options)}`;
