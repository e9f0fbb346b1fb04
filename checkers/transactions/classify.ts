import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { Cycle, CycleEdge } from "./cycles.ts";
import { isAnti, isWrite, needsRealTime, needsSessions, SO, WR } from "./graph.ts";
import type { Nature } from "./searches.ts";

export type Models = readonly [ConsistencyModel, ...ConsistencyModel[]];

/** What a cycle is called, and the weakest models that it contradicts. */
export interface Classified {
  readonly kind: string;
  readonly rulesOut: Models;
  readonly shape: Shape;
}

export type Shape = "writes" | "reads" | "single" | "apart" | "adjacent";

/**
 * Names a cycle by its shape (Adya, thesis, §4 and 5; Elle's names for forms with sessions and real time).
 *
 * - Snapshot isolation forbids exactly the cycles in which no two anti-dependencies follow one another, with session order
 *   or real time among the dependencies for its strong forms (Cerone & Gotsman, Analysing Snapshot Isolation, PODC 2016).
 * - Prefix consistency forbids those in which an anti-dependency follows only read dependencies (Cerone, Gotsman & Yang,
 *   Algebraic Laws for Weak Consistency, CONCUR 2017).
 * - Session order and causes: a circle of them, or one that an anti-dependency closes, is what causal convergence forbids.
 */
export function classify(cycle: Cycle, { committed, writes }: Nature, ordersAreSeen: boolean): Classified {
  const shape = shapeOf(cycle);
  const realTime = cycle.some(({ code }) => needsRealTime(code));
  const sessions = cycle.some(({ code }) => needsSessions(code));
  const kind = `${NAMES[shape]}${realTime ? "-realtime" : sessions ? "-process" : ""}`;
  if (realTime)
    return { kind, shape, rulesOut: [shape === "adjacent" ? "strict-serializable" : "strong-snapshot-isolation"] };
  if (sessions) return { kind, shape, rulesOut: [ofSessions(cycle, shape)] };
  if (shape === "writes" || shape === "reads") {
    // Of registers the order of writes is only inferred from reads; and what may have aborted, may have been undone.
    const surely = shape === "writes" && ordersAreSeen && cycle.every(({ from }) => committed[from] === 1);
    return { kind, shape, rulesOut: [surely ? "read-uncommitted" : "read-committed"] };
  }
  const rulesOut: ConsistencyModel[] = [];
  if (shape === "single") rulesOut.push("consistent-view");
  else {
    if (shape === "apart") rulesOut.push("snapshot-isolation");
    if (cycle.filter(({ from }) => writes[from] === 0).length <= 1) rulesOut.push("update-serializable");
  }
  if (cycle.every((edge, i) => !isAnti(edge.code) || before(cycle, i).code === WR)) rulesOut.push("prefix");
  return { kind, shape, rulesOut: ["repeatable-read", ...rulesOut] };
}

const NAMES: Readonly<Record<Shape, string>> = {
  writes: "G0",
  reads: "G1c",
  single: "G-single",
  apart: "G-nonadjacent",
  adjacent: "G2-item",
};

function shapeOf(cycle: Cycle): Shape {
  const antis = cycle.filter(({ code }) => isAnti(code)).length;
  if (antis === 0)
    return cycle.every(({ code }) => isWrite(code) || needsSessions(code) || needsRealTime(code)) ? "writes" : "reads";
  if (antis === 1) return "single";
  return cycle.some(({ code }, i) => isAnti(code) && isAnti(before(cycle, i).code)) ? "adjacent" : "apart";
}

const before = (cycle: Cycle, i: number): CycleEdge => cycle.at(i - 1) as CycleEdge;

function ofSessions(cycle: Cycle, shape: Shape): ConsistencyModel {
  if (cycle.every(({ code }) => code === WR || code === SO)) return "strong-session-read-committed";
  if (shape === "writes" || shape === "reads") return "causal-ccv";
  if (shape === "single" && cycle.every(({ code }) => code === WR || code === SO || isAnti(code))) return "causal-ccv";
  return shape === "adjacent" ? "strong-session-serializable" : "strong-session-snapshot-isolation";
}
