import type Dockerode from "dockerode";
import { within } from "../shared/real/time.ts";

export type Engine = Dockerode;

/** No engine, or one that does not do what it must; the message says what to do about it. */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
}

/** The engine answered when the run began, and does no more. */
export class EngineLost extends EngineError {
  override readonly name = "EngineLost";
}

const PING_MS = 5_000;

/**
 * Connects to the engine that the variable `DOCKER_HOST` names (`unix://`, `tcp://`, `ssh://`), else to this machine's
 * own. Rejects with an `EngineError` if it does not answer.
 */
export async function connectEngine(): Promise<Engine> {
  const host = process.env.DOCKER_HOST;
  // It drags in a good many modules, and most runs need none of them.
  const { default: Docker } = await import("dockerode");
  let engine: Engine;
  try {
    engine = new Docker();
  } catch (error) {
    throw new EngineError(
      `DOCKER_HOST ${JSON.stringify(host)} names no engine (${textOf(error)}); write for example unix:///var/run/docker.sock, tcp://127.0.0.1:2375 or ssh://user@host.`,
    );
  }
  try {
    const answer = await within(engine.ping(), PING_MS, "late" as const);
    if (answer === "late") throw new Error(`it did not answer within ${PING_MS / 1000} s`);
  } catch (error) {
    const where = host ? `at ${host} (DOCKER_HOST)` : "on this machine";
    throw new EngineError(
      `No Docker engine answers ${where}: ${textOf(error)}. Start one, or name one that runs with DOCKER_HOST.`,
    );
  }
  return engine;
}

/** True if ports that the engine publishes on 127.0.0.1 are ports of this machine. */
export function isLocal(engine: Engine): boolean {
  const { socketPath, host } = engine.modem as { readonly socketPath?: string; readonly host?: string };
  return socketPath !== undefined || host === undefined || /^(localhost|127\.[\d.]+|\[?::1\]?)$/.test(host);
}

/** What an engine, or the way to it, has to say about a failure, in one line. */
export function textOf(error: unknown): string {
  const { json, message, code } = error as { json?: { message?: string }; message?: string; code?: string };
  const text = json?.message ?? (message || code || String(error));
  return text
    .replace(/^\(HTTP code \d+\) [^-]*- /, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** The engine's HTTP status for a failure; `undefined` if it did not answer at all. */
export const statusOf = (error: unknown): number | undefined => (error as { statusCode?: number }).statusCode;

/** Ignores that something is gone, or on its way, already. */
export async function ifThere(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (error) {
    const status = statusOf(error);
    if (status !== 404 && status !== 304 && status !== 409) throw error;
  }
}
