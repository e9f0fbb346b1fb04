import { describe, expect, it, onTestFinished } from "vitest";
import type { Invocation, Outcome } from "../../../src/core/operation.ts";
import { DefiniteError, type Endpoint, type SystemClient, type SystemEnv } from "../../../src/core/system.ts";
import { LeaderWatch } from "../../../src/runtimes/shared/real/leader-watch.ts";
import { SystemSessions } from "../../../src/runtimes/shared/real/system-sessions.ts";
import { defineSystem } from "../../../src/systems/define.ts";
import { comesTrue } from "../process/support.ts";

const endpoint = (node: string): Endpoint => ({ node, host: "127.0.0.1", address: "127.0.0.1", port: (own) => own });
const ENV: SystemEnv = { config: {}, endpoints: [endpoint("n1"), endpoint("n2")] };
const BASE = defineSystem({
  name: "toy",
  nodes: [
    { container: "a", port: 1 },
    { container: "b", port: 1 },
  ],
  client: () => ({ read: () => null, write: () => undefined }),
});

const READ: Invocation = { f: "read", key: "k0", input: null };
const OK: Outcome = { type: "ok", value: 1 };
const SECOND = 1e9;
const SHORT = 30e6;

const hanging = (): Promise<never> => new Promise(() => undefined);

/** Sessions over a client of these functions, and a record of what befell them. */
function sessionsOver(
  invoke: (op: Invocation, signal: AbortSignal) => unknown,
  open: () => Promise<void> | void = () => undefined,
) {
  const log: string[] = [];
  const failures: string[] = [];
  const sessions = new SystemSessions({
    system: {
      ...BASE,
      client: async ({ process, node }): Promise<SystemClient> => {
        log.push(`open ${process} ${node.node}`);
        await open();
        return {
          invoke: async (op, signal) => (await invoke(op, signal)) as Outcome,
          close: () => void log.push(`close ${process}`),
        };
      },
    },
    env: () => ENV,
    failed: (client, error) => failures.push(`${client}: ${(error as Error).message}`),
  });
  onTestFinished(() => sessions.close());
  return { sessions, log, failures };
}

describe("a session over a system's client", () => {
  it("opens its client with the first operation and keeps it", async () => {
    const { sessions, log } = sessionsOver(() => OK);
    const session = sessions.open(3, "n2");
    expect(log).toEqual([]);
    expect(await session.invoke(READ, SECOND)).toEqual(OK);
    expect(await session.invoke(READ, SECOND)).toEqual(OK);
    expect(log).toEqual(["open 3 n2"]);
    session.close();
    session.close();
    expect(log).toEqual(["open 3 n2", "close 3"]);
    sessions.open(3, "n1");
  });

  it("refuses to be misused", async () => {
    const { sessions } = sessionsOver(hanging);
    const session = sessions.open(0, "n1");
    expect(() => sessions.open(0, "n1")).toThrow("process 0 has a session already: close it first");
    expect(() => sessions.open(1, "n9")).toThrow("cannot open a session on n9: there is no such node");
    const first = session.invoke(READ, SECOND);
    await expect(session.invoke(READ, SECOND)).rejects.toThrow("session c0 is busy");
    session.close();
    expect(await first).toEqual({ type: "info", error: { name: "timeout", text: "the session was closed" } });
    await expect(session.invoke(READ, SECOND)).rejects.toThrow("session c0 is spent or closed");
  });

  it("is spent after an unknown outcome, and nobody waits for the client", async () => {
    let aborted: AbortSignal | undefined;
    const { sessions, log, failures } = sessionsOver((_op, signal) => {
      aborted = signal;
      return hanging();
    });
    const session = sessions.open(0, "n1");
    const startMs = performance.now();
    expect(await session.invoke(READ, SHORT)).toEqual({ type: "info", error: { name: "timeout" } });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(29);
    expect(aborted?.aborted).toBe(true);
    expect(log).toEqual(["open 0 n1", "close 0"]);
    await expect(session.invoke(READ, SECOND)).rejects.toThrow("spent or closed");
    expect(failures).toEqual([]);
  });

  it("what a client throws late disturbs nobody", async () => {
    const { sessions, failures } = sessionsOver(
      (_op, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => setTimeout(() => reject(new TypeError("late")), 5));
        }),
    );
    expect((await sessions.open(0, "n1").invoke(READ, SHORT)).type).toBe("info");
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(failures).toEqual([]);
  });

  it("fails if its client cannot be opened, and tries anew", async () => {
    let attempts = 0;
    const { sessions, log } = sessionsOver(
      () => OK,
      () => {
        attempts++;
        if (attempts === 1) throw new Error("refused");
        if (attempts === 2) throw new DefiniteError("no-such-user");
      },
    );
    const session = sessions.open(0, "n1");
    expect(await session.invoke(READ, SECOND)).toEqual({
      type: "fail",
      error: { name: "temporarily-unavailable", text: "the client could not be opened: refused" },
    });
    expect(await session.invoke(READ, SECOND)).toEqual({ type: "fail", error: { name: "no-such-user" } });
    expect(await session.invoke(READ, SECOND)).toEqual(OK);
    expect(log).toEqual(["open 0 n1", "open 0 n1", "open 0 n1"]);
  });

  it("fails if its client is not open in time; one that comes too late is closed", async () => {
    let attempts = 0;
    let release = (): void => undefined;
    const { sessions, log } = sessionsOver(
      () => OK,
      () => (attempts++ === 0 ? new Promise<void>((resolve) => (release = resolve)) : undefined),
    );
    const session = sessions.open(0, "n1");
    expect(await session.invoke(READ, SHORT)).toEqual({
      type: "fail",
      error: { name: "temporarily-unavailable", text: "no client within 30 ms" },
    });
    expect(await session.invoke(READ, SECOND)).toEqual(OK);
    release();
    expect(await comesTrue(() => log.includes("close 0"))).toBe(true);
    expect(await session.invoke(READ, SECOND)).toEqual(OK);
    expect(log).toEqual(["open 0 n1", "open 0 n1", "close 0"]);
  });

  it("one that is closed while its client is being opened leaves none open", async () => {
    let release = (): void => undefined;
    const { sessions, log } = sessionsOver(
      () => expect.fail("asked"),
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    const session = sessions.open(0, "n1");
    const outcome = session.invoke(READ, SECOND);
    session.close();
    release();
    expect((await outcome).type).toBe("info");
    expect(await comesTrue(() => log.includes("close 0"))).toBe(true);
  });

  it("gives errors their meaning", async () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
    const outcomeOf = async (error: unknown): Promise<{ outcome: Outcome; failures: string[] }> => {
      const { sessions, failures } = sessionsOver(() => Promise.reject(error));
      return { outcome: await sessions.open(0, "n1").invoke(READ, SECOND), failures };
    };
    expect(await outcomeOf(new DefiniteError("no-leader", "ask n2"))).toEqual({
      outcome: { type: "fail", error: { name: "no-leader", text: "ask n2" } },
      failures: [],
    });
    // As one from another copy of this package looks.
    const other = Object.assign(new Error("no-leader"), { name: "DefiniteError", error: "no-leader" });
    expect((await outcomeOf(other)).outcome).toEqual({ type: "fail", error: { name: "no-leader" } });
    expect(await outcomeOf(new TypeError("fetch failed", { cause }))).toEqual({
      outcome: {
        type: "info",
        error: { name: "client-error", text: "fetch failed: connect ECONNREFUSED 127.0.0.1:1" },
      },
      failures: [],
    });
    expect((await outcomeOf("oops")).outcome).toEqual({ type: "info", error: { name: "client-error", text: "oops" } });
    const defect = await outcomeOf(new TypeError("x is undefined"));
    expect(defect.outcome).toEqual({ type: "info", error: { name: "client-error", text: "x is undefined" } });
    expect(defect.failures).toEqual(["c0: x is undefined"]);
  });

  it("tells of a client that answers no outcome, once", async () => {
    const { sessions, failures } = sessionsOver(() => ({ type: "ok" }));
    for (const process of [0, 1])
      expect(await sessions.open(process, "n1").invoke(READ, SECOND)).toMatchObject({
        type: "info",
        error: { name: "malformed-reply" },
      });
    expect(failures).toEqual(["c0: the client's answer to read is no outcome: [object Object]"]);
  });

  it("all end together", async () => {
    const { sessions, log } = sessionsOver(hanging);
    const outcomes = [0, 1].map((process) => sessions.open(process, "n1").invoke(READ, SECOND));
    await comesTrue(() => log.length === 2);
    sessions.close();
    expect((await Promise.all(outcomes)).map(({ type }) => type)).toEqual(["info", "info"]);
  });
});

describe("watching who leads", () => {
  it("follows the system's answers, and keeps the last where there is none", async () => {
    let answer: () => Promise<string | undefined> = async () => "n1";
    let asked = 0;
    const watch = new LeaderWatch({
      system: {
        leader: () => {
          asked++;
          return answer();
        },
      },
      env: () => ENV,
      everyMs: 5,
      timeoutMs: 20,
    });
    onTestFinished(() => watch.stop());
    const askedTwiceMore = (now = asked) => comesTrue(() => asked >= now + 2);
    expect(await comesTrue(() => watch.current === "n1")).toBe(true);
    answer = hanging;
    expect(await askedTwiceMore()).toBe(true);
    expect(watch.current).toBe("n1");
    answer = () => Promise.reject(new Error("down"));
    expect(await askedTwiceMore()).toBe(true);
    expect(watch.current).toBe("n1");
    watch.withdraw("n1");
    expect(watch.current).toBeUndefined();
    answer = async () => "n2";
    expect(await comesTrue(() => watch.current === "n2")).toBe(true);
    answer = async () => "n7";
    expect(await comesTrue(() => watch.current === undefined)).toBe(true);
    watch.stop();
    const last = asked;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(asked).toBe(last);
  });

  it("does nothing where the system cannot tell", () => {
    expect(new LeaderWatch({ system: {}, env: () => expect.fail("asked") }).current).toBeUndefined();
  });
});
