import { CONSISTENCY_MODELS } from "../core/consistency.ts";
import type {
  ClientPauseFault,
  ClockFault,
  Delay,
  DirectedLinks,
  DiskFault,
  Fault,
  KillFault,
  LinkFault,
  LinkQuality,
  PartitionFault,
  PauseFault,
  PlannedFault,
} from "../core/fault.ts";
import type { Json } from "../core/json.ts";
import type { Invocation } from "../core/operation.ts";
import { type ContainerLimits, RUNTIME_NAMES, type Scenario, type Target } from "../core/scenario.ts";
import type { PlannedOperation } from "../core/workload.ts";
import {
  anything,
  arrayOf,
  integer,
  nonEmptyArrayOf,
  nonEmptyString,
  number,
  object,
  oneOf,
  optional,
  recordOf,
  type Shape,
  string,
  tagged,
} from "./shape.ts";

type DelayOf<K extends Delay["kind"]> = Extract<Delay, { kind: K }>;
type ClockFaultOf<M extends ClockFault["mode"]> = Extract<ClockFault, { mode: M }>;
type TargetOf<K extends Target["kind"]> = Extract<Target, { kind: K }>;

const ms = number(0);
const probability = number(0, 1);
const nodes = arrayOf(nonEmptyString);
const links: Shape<DirectedLinks> = recordOf(nodes);

const delay = tagged<Delay>("kind", {
  constant: object<DelayOf<"constant">>({ kind: oneOf("constant"), ms }),
  uniform: object<DelayOf<"uniform">>({ kind: oneOf("uniform"), minMs: ms, maxMs: ms }),
  exponential: object<DelayOf<"exponential">>({ kind: oneOf("exponential"), meanMs: ms }),
  "long-tail": object<DelayOf<"long-tail">>({ kind: oneOf("long-tail"), minMs: ms, maxMs: ms }),
});

const linkQuality = object<LinkQuality>({
  delay: optional(delay),
  loss: optional(probability),
  duplicate: optional(probability),
  reorder: optional(probability),
  rateKbit: optional(number(0)),
});

/** Told apart by their fields: `full`, else `stallMs`. */
const stalledDisks = object<Extract<DiskFault, { stallMs: number }>>({ kind: oneOf("disk"), nodes, stallMs: ms });
const fullDisks = object<Extract<DiskFault, { full: true }>>({ kind: oneOf("disk"), nodes, full: oneOf(true) });
const disks: Shape<DiskFault> = (value, path) =>
  typeof value === "object" && value !== null && "full" in value ? fullDisks(value, path) : stalledDisks(value, path);

/** A fault, as in scenarios and in the `fault` events of histories. */
export const faultShape: Shape<Fault> = tagged<Fault>("kind", {
  partition: object<PartitionFault>({
    kind: oneOf("partition"),
    shape: string,
    drops: links,
    clients: optional(nodes),
  }),
  pause: object<PauseFault>({ kind: oneOf("pause"), nodes }),
  kill: object<KillFault>({ kind: oneOf("kill"), nodes }),
  clock: tagged<ClockFault>("mode", {
    jump: object<ClockFaultOf<"jump">>({ kind: oneOf("clock"), nodes, mode: oneOf("jump"), offsetMs: number() }),
    strobe: object<ClockFaultOf<"strobe">>({
      kind: oneOf("clock"),
      nodes,
      mode: oneOf("strobe"),
      offsetMs: number(),
      periodMs: ms,
    }),
    drift: object<ClockFaultOf<"drift">>({ kind: oneOf("clock"), nodes, mode: oneOf("drift"), rate: number() }),
  }),
  link: object<LinkFault>({ kind: oneOf("link"), links: optional(links), quality: linkQuality }),
  disk: disks,
  "client-pause": object<ClientPauseFault>({ kind: oneOf("client-pause"), nodes }),
});

const plannedFault = object<PlannedFault>({
  atMs: ms,
  forMs: ms,
  fault: faultShape,
  aimedAtLeader: optional(nonEmptyString),
});

const plannedOperation = object<PlannedOperation>({
  atMs: ms,
  op: object<Invocation>({
    f: nonEmptyString,
    key: optional(string),
    input: anything<Json>(),
    final: optional(oneOf(true)),
  }),
});

const target = tagged<Target>("kind", {
  model: object<TargetOf<"model">>({
    kind: oneOf("model"),
    name: nonEmptyString,
    config: recordOf(string),
    bug: optional(nonEmptyString),
  }),
  program: object<TargetOf<"program">>({ kind: oneOf("program"), command: nonEmptyArrayOf(string) }),
  system: object<TargetOf<"system">>({
    kind: oneOf("system"),
    name: nonEmptyString,
    config: recordOf(string),
    file: optional(nonEmptyString),
    containers: optional(arrayOf(nonEmptyString)),
  }),
});

/** What `scenario.json` holds. Throws a `ShapeError` that names the field. */
export const scenarioShape: Shape<Scenario> = object<Scenario>({
  version: oneOf(1),
  target,
  runtime: oneOf(...RUNTIME_NAMES),
  seed: integer(),
  nodes: integer(1),
  workload: nonEmptyString,
  network: linkQuality,
  operations: arrayOf(arrayOf(plannedOperation)),
  faults: arrayOf(plannedFault),
  timeMs: ms,
  timeoutMs: ms,
  settleMs: ms,
  limits: optional(object<ContainerLimits>({ memoryMb: optional(number(0)), cpus: optional(number(0)) })),
  image: optional(nonEmptyString),
  expect: optional(arrayOf(oneOf(...CONSISTENCY_MODELS))),
});
