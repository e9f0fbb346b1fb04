import type { Fault } from "../core/fault.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Invocation, NodeId, Outcome } from "../core/operation.ts";
import { msToNs } from "../core/time.ts";
import { describeFault } from "../report/describe.ts";
import type { SpaceTimeRow } from "../report/space-time.ts";
import { type Run, type StageEvent, USUAL_DELAY_MS } from "./play.ts";
import type { Scene } from "./scenario.ts";
import { clientLabelsOf, labelsOf } from "./wire/index.ts";
import { asked } from "./wire/label.ts";

export interface Diagram {
  /** Names of clients and nodes. */
  readonly lanes: readonly string[];
  readonly rows: readonly SpaceTimeRow[];
}

/** After so long without anything to show a row says that time passes. */
const PAUSE_MS = 60;

type Sent = Extract<StageEvent, { kind: "message" }>["message"];

/** A message from its sending to its arrival or loss, if it comes to that; positions are those in the log. */
interface Flight {
  readonly message: Sent;
  readonly label: string;
  readonly sentAt: number;
  readonly endedAt: number;
  readonly fate: "recv" | "drop";
  readonly endNs: number;
}

/** What a scene shows of a run: every message that says something in the order of sending, faults, and who leads. */
export function diagramOf(run: Run, scene: Scene = {}): Diagram {
  const lanes = scene.lanes ?? [...Object.keys(run.stage.clients), ...run.nodes];
  const view = viewOf(run, scene, lanes);
  const flights = flightsOf(run, scene, view).filter(({ message }) => view.shown(message.atNs));
  const rows: { readonly order: number; readonly row: TimedRow }[] = [];
  for (const flight of flights) rows.push(...arrows(flight, flights, view));
  run.log.forEach((event, order) => {
    if (!view.shown(event.atNs)) return;
    for (const row of other(run, event, scene, view)) rows.push({ order, row });
  });
  return { lanes, rows: withGaps(rows.sort((a, b) => a.order - b.order).map(({ row }) => row)) };
}

/** How a scene looks at a run. */
interface View {
  /** Tells if an instant is shown. */
  readonly shown: (atNs: number) => boolean;
  /** Lane of a node or of a client by its name on the wire; -1 if it is not shown. */
  readonly laneOf: (name: NodeId) => number;
  /** How long a message takes as a rule. */
  readonly usualNs: number;
}

function viewOf(run: Run, { spans }: Scene, lanes: readonly string[]): View {
  const inNs = spans?.map((span) => span.map(msToNs)) ?? [[0, endOf(run)]];
  const delay = run.stage.network?.delay;
  return {
    shown: (atNs) => inNs.some(([fromNs = 0, toNs = 0]) => atNs >= fromNs && atNs <= toNs),
    laneOf: (name) => lanes.indexOf(clientOf(run, name) ?? name),
    usualNs: msToNs(delay?.kind === "constant" ? delay.ms : USUAL_DELAY_MS),
  };
}

/** A client by its name on the wire; `undefined` for a node. */
function clientOf({ clients }: Run, name: NodeId): string | undefined {
  const process = /^c(\d+)$/.exec(name)?.[1];
  return process === undefined ? undefined : clients.get(Number(process));
}

type TimedRow = Exclude<SpaceTimeRow, { kind: "gap" }>;

/** The instant at which the last operation of the script is done. */
const endOf = ({ log, stage: { clients } }: Run): number =>
  log.reduce((last, event) => (event.kind === "return" && Object.hasOwn(clients, event.client) ? event.atNs : last), 0);

function flightsOf(run: Run, scene: Scene, { laneOf }: View): Flight[] {
  const labelOf = labeller(run, scene);
  const flights = new Map<number, Flight>();
  run.log.forEach((event, at) => {
    if (event.kind !== "message") return;
    const { message } = event;
    if (message.event === "send") {
      const label = laneOf(message.src) < 0 || laneOf(message.dest) < 0 ? undefined : labelOf(message);
      const end = { endedAt: Number.POSITIVE_INFINITY, fate: "recv", endNs: Number.POSITIVE_INFINITY } as const;
      if (label !== undefined) flights.set(message.id, { message, label, sentAt: at, ...end });
      return;
    }
    const flight = flights.get(message.id);
    // A duplicate comes after the end.
    if (flight?.endedAt === Number.POSITIVE_INFINITY)
      flights.set(message.id, { ...flight, endedAt: at, fate: message.event, endNs: message.atNs });
  });
  return withoutRepeats([...flights.values()]);
}

/** What nodes send again with the same fate is shown once. */
function withoutRepeats(flights: readonly Flight[]): Flight[] {
  const last = new Map<string, string>();
  return flights.filter(({ message: { src, dest, body }, label, fate }) => {
    const { type } = body as unknown as Wired;
    if (type === "request" || type === "reply") return true;
    const link = `${src} ${dest}`;
    const same = last.get(link) === `${fate} ${label}`;
    last.set(link, `${fate} ${label}`);
    return !same;
  });
}

/** What messages to and from clients have beside their type, and those of groups. */
interface Wired {
  readonly type: string;
  /** In the envelope of a group. */
  readonly message?: { readonly type: string };
  readonly id?: number;
  readonly op?: Invocation;
  readonly outcome?: Outcome;
  /** What the model's client adds to a request. */
  readonly context?: Json;
}

/** Says what a message of this run says; `undefined` if it is not shown. */
function labeller(run: Run, { types }: Scene): (message: Sent) => string | undefined {
  const { model, clients } = run.stage;
  const ofPeers = labelsOf(model);
  const ofClients = clientLabelsOf(model);
  // One of a crowd has no lane of its own.
  const isOneOfMany = (name: NodeId): boolean => clients[clientOf(run, name) ?? ""]?.crowd === true;
  const questions = new Map<string, Invocation>();
  return ({ src, dest, body }) => {
    const { type, id, op, outcome, message, context } = body as unknown as Wired;
    if (type === "request" && op !== undefined) {
      questions.set(`${src} ${id}`, op);
      return op.final ? undefined : ofClients.asked(op, context ?? null);
    }
    const question = questions.get(`${dest} ${id}`);
    if (type === "reply" && outcome !== undefined && question !== undefined) {
      if (question.final) return undefined;
      const answer = ofClients.answered(question, outcome);
      return answer !== undefined && isOneOfMany(dest) ? `${asked(question)}: ${answer}` : answer;
    }
    return types === undefined || types.includes(message?.type ?? type) ? ofPeers(body as JsonObject) : undefined;
  };
}

/**
 * One row at the instant of sending; two for a message that takes long, and where the receiver did something else meanwhile,
 * so that the order of rows is right for both ends.
 */
function arrows(
  flight: Flight,
  all: readonly Flight[],
  { shown, usualNs, laneOf }: View,
): { order: number; row: TimedRow }[] {
  const { message, label, sentAt, endedAt, fate, endNs } = flight;
  const { dest, atNs } = message;
  const common = { kind: "arrow", from: laneOf(message.src), to: laneOf(dest), label } as const;
  if (fate === "drop") return [{ order: sentAt, row: { ...common, atNs, part: "lost" } }];
  const isSlow = endNs - atNs > 2 * usualNs;
  const isCrossed = all.some(
    (one) =>
      one.sentAt > sentAt &&
      ((one.message.src === dest && one.message.atNs > atNs && one.message.atNs < endNs) ||
        (one.message.dest === dest && one.fate === "recv" && one.endNs < endNs)),
  );
  if (!isSlow && (!isCrossed || !shown(endNs))) return [{ order: sentAt, row: { ...common, atNs, part: "whole" } }];
  const leaves: TimedRow = { ...common, atNs, part: "leaves" };
  const arrives: TimedRow = { ...common, atNs: endNs, part: "arrives" };
  return [{ order: sentAt, row: leaves }, ...(shown(endNs) ? [{ order: endedAt, row: arrives }] : [])];
}

/** What is no message: faults, who leads, and operations that end without an answer. */
function other(run: Run, event: StageEvent, scene: Scene, { laneOf }: View): TimedRow[] {
  const { atNs } = event;
  switch (event.kind) {
    case "fault":
      return [{ kind: "banner", atNs, text: struck(run, event.fault) }];
    case "heal":
      return [{ kind: "banner", atNs, text: healed(run, event.fault) }];
    case "death":
      return laneOf(event.client) < 0 ? [] : [{ kind: "note", atNs, lane: laneOf(event.client), text: "dies" }];
    case "trace": {
      const { node, event: name, detail } = event;
      const lane = laneOf(node);
      if (lane < 0 || !(scene.traces ?? ["leader"]).includes(name)) return [];
      return [{ kind: "note", atNs, lane, text: noteOf(name, detail) }];
    }
    case "return": {
      const lane = laneOf(event.client);
      if (lane < 0 || event.outcome.type === "ok" || hasReply(run, event.client, atNs)) return [];
      const isRead = event.op.f === "read";
      const became = event.outcome.type === "fail" ? "refused" : isRead ? "no answer" : "nobody knows";
      return [{ kind: "note", atNs, lane, text: `${asked(event.op)}: ${became}` }];
    }
    default:
      return [];
  }
}

/** True if a client got a reply just then, which tells what became of its operation. */
const hasReply = (run: Run, client: string, atNs: number): boolean =>
  run.log.some(
    (event) =>
      event.kind === "message" &&
      event.atNs === atNs &&
      event.message.event === "recv" &&
      clientOf(run, event.message.dest) === client,
  );

const struck = (run: Run, fault: Fault): string =>
  fault.kind === "client-pause" ? `${clientsAt(run, fault.nodes).join(" ")} paused` : describeFault(fault, run.nodes);

/** The clients whose sessions were opened on these nodes. */
const clientsAt = ({ stage: { clients } }: Run, nodes: readonly NodeId[]): string[] =>
  Object.entries(clients).flatMap(([name, { node }]) => (nodes.includes(node) ? [name] : []));

function healed(run: Run, fault: Fault): string {
  const names = fault.kind === "client-pause" ? clientsAt(run, fault.nodes) : "nodes" in fault ? fault.nodes : [];
  const who = names.join(" ");
  switch (fault.kind) {
    case "kill":
      return `${who} starts again`;
    case "pause":
    case "client-pause":
      return `${who} goes on`;
    case "clock":
      return `clock of ${who} is right again`;
    case "partition":
      return "partition healed";
    case "link":
      return "links healed";
    case "disk":
      return `disk of ${who} healed`;
  }
}

/** A trace event in words. */
function noteOf(event: string, { term }: JsonObject): string {
  if (event === "leader") return term === undefined ? "leads" : `leads, t${term}`;
  if (event === "follower") return "leads no more";
  return term === undefined ? event : `${event}, t${term}`;
}

function withGaps(rows: readonly TimedRow[]): SpaceTimeRow[] {
  let lastNs: number | undefined;
  return rows.flatMap((row): SpaceTimeRow[] => {
    const isLate = lastNs !== undefined && row.atNs - lastNs > msToNs(PAUSE_MS);
    lastNs = row.atNs;
    return isLate ? [{ kind: "gap" }, row] : [row];
  });
}
