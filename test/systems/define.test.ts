import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Endpoint, System, SystemEnv } from "../../src/core/system.ts";
import { DefiniteError } from "../../src/core/system.ts";
import { type ClientOperations, defineConfig, defineSystem, type SystemDefinition } from "../../src/systems/define.ts";

const DEFINITION: SystemDefinition = {
  name: "my-kv",
  nodes: [
    { command: ["./my-kv", "--port", "7001"], port: 7001 },
    { command: ["./my-kv", "--port", "7002"], port: 7002, host: "localhost", env: { A: "b" }, cwd: "n2" },
  ],
  client: () => ({ read: () => null, write: () => undefined }),
};

const endpoint = (node: string): Endpoint => ({ node, host: "10.0.0.1", address: node, port: (own) => own + 10_000 });
const ENV: SystemEnv = { config: {}, endpoints: [endpoint("n1"), endpoint("n2")] };
const signal = new AbortController().signal;

/** The message of what a definition, whatever it is, is refused with. */
function refusal(more: Record<string, unknown>, define: (it: never) => unknown = defineSystem): string {
  try {
    define({ ...DEFINITION, ...more } as never);
  } catch (error) {
    expect((error as Error).name).toBe("ConfigError");
    expect((error as Error).message).not.toContain("\n");
    return (error as Error).message;
  }
  return expect.fail("it was accepted");
}

const clientOf = (operations: ClientOperations, more: Partial<SystemDefinition> = {}) =>
  defineSystem({ ...DEFINITION, client: () => ({ read: () => null, write: () => undefined, ...operations }), ...more });

async function invoke(system: System, op: { f: string; input?: number | (number | null)[]; final?: true }) {
  const client = await system.client({ ...ENV, process: 0, node: endpoint("n1") });
  return client.invoke({ key: "k0", input: null, ...op }, signal);
}

const failure = (promise: Promise<unknown>): Promise<{ name: string; message: string; error?: string }> =>
  promise.then(
    (value) => expect.fail(`it gave ${JSON.stringify(value)}`),
    (error) => error,
  );

describe("a system's definition", () => {
  it("becomes a system of commands", () => {
    const system = defineSystem({ ...DEFINITION, breaks: ["eventual"] });
    expect(system).toMatchObject({ name: "my-kv", workloads: ["register"], options: {} });
    expect(system.deployment).toEqual({
      kind: "commands",
      commands: [
        { command: ["./my-kv", "--port", "7001"], host: "127.0.0.1", port: 7001 },
        { command: ["./my-kv", "--port", "7002"], host: "localhost", port: 7002, env: { A: "b" }, cwd: "n2" },
      ],
    });
    expect(system.holds({ config: {}, faults: new Set() })).toEqual(["linearizable"]);
    expect(system.breaks({ config: {}, faults: new Set() })).toEqual(["eventual"]);
    expect(system.leader).toBeUndefined();
  });

  it("becomes a system of containers", () => {
    const nodes = [
      { container: "kv-1", port: 80 },
      { container: "kv-2", port: 80 },
    ];
    const system = defineSystem({ ...DEFINITION, nodes, holds: [], workloads: ["append", "register"] });
    expect(system.deployment).toEqual({ kind: "attached", containers: ["kv-1", "kv-2"] });
    expect(system.workloads).toEqual(["append", "register"]);
    expect(system.holds({ config: {}, faults: new Set() })).toEqual([]);
  });

  it("is refused with what is wrong, where, and what would be right", () => {
    expect(refusal({ name: "My KV" })).toBe('system.name: is "My KV"; give a name in kebab case, such as "my-kv"');
    expect(refusal({ nodes: [] })).toBe("system.nodes: is []; give a list of at least one node");
    expect(refusal({ nodes: undefined })).toBe("system.nodes: is missing; give a list of at least one node");
    expect(refusal({ client: {} })).toBe("system.client: is an object; give a function");
    expect(refusal({ hold: ["linearizable"] })).toMatch(/^system\.hold: there is no such field; known: name, nodes, /);
    expect(refusal({ holds: ["strict"] })).toMatch(
      /^system\.holds: is \["strict"\]; give a list of strict-serializable, /,
    );
    expect(refusal({ workloads: [] })).toMatch(/^system\.workloads: is \[\]; give a list of at least one of register/);
    expect(refusal({}, () => defineSystem(7 as never))).toBe("system: is 7; give an object");
  });

  it("is refused for its nodes", () => {
    const nodes = (...nodes: unknown[]): string => refusal({ nodes });
    const good = { container: "a", port: 1 };
    const one = "give either `command` (the harness starts it) or `container` (it runs already)";
    expect(nodes(good, { port: 1 })).toBe(`system.nodes[1]: ${one}`);
    expect(nodes({ ...good, command: ["x"] })).toBe(`system.nodes[0]: ${one}`);
    expect(nodes("n1")).toBe('system.nodes[0]: is "n1"; give an object');
    expect(nodes(good, { container: "b", port: 70_000 })).toBe(
      "system.nodes[1].port: is 70000; give a whole number from 1 to 65535",
    );
    expect(nodes({ command: "./kv", port: 1 })).toMatch(/^system\.nodes\[0\]\.command: is "\.\/kv"; give a list of/);
    expect(nodes({ command: ["kv"], port: 1, env: { A: 1 } })).toMatch(/^system\.nodes\[0\]\.env: is an object; give/);
    expect(nodes({ ...good, cwd: "x" })).toMatch(/^system\.nodes\[0\]\.cwd: there is no such field; known: container/);
    expect(nodes(good, { command: ["kv"], port: 1 })).toMatch(/^system\.nodes\[1\]: all nodes must be of one kind/);
    expect(nodes(good, good)).toBe("system.nodes[1]: a is already that of system.nodes[0]");
    expect(nodes({ command: ["kv"], port: 1 }, { command: ["kv"], port: 1, host: "127.0.0.1" })).toBe(
      "system.nodes[1]: 127.0.0.1:1 is already that of system.nodes[0]",
    );
  });
});

describe("a configuration", () => {
  const config = (more: Record<string, unknown>): string =>
    refusal({}, () => defineConfig({ system: DEFINITION, ...more } as never));

  it("takes a system, made or plain, and defaults for a run", () => {
    const run = { workload: "register", nemesis: ["kill"], time: "5s", clients: 3, rate: 0.5, seed: -1 } as const;
    const made = defineConfig({ system: defineSystem(DEFINITION), run });
    expect(made.run).toEqual(run);
    const plain = defineConfig({ system: DEFINITION });
    expect(plain.system.deployment).toEqual(made.system.deployment);
    expect(plain.run).toEqual({});
    // So it does not matter whether a file's export has been through it already.
    expect(defineConfig(made)).toEqual(made);
  });

  it("is refused with what is wrong, where, and what would be right", () => {
    expect(config({ system: undefined })).toBe("system: is missing; give a system made with defineSystem");
    expect(config({ runs: {} })).toBe("runs: there is no such field; known: system, run");
    expect(config({ run: { workload: "append" } })).toBe('run.workload: is "append"; give one of register');
    expect(config({ run: { time: "soon" } })).toMatch(/^run\.time: is "soon"; give a span of time, such as "30s"/);
    expect(config({ run: { nemesis: ["fire"] } })).toMatch(/^run\.nemesis: is \["fire"\]; give a list of .*or "none"$/);
    expect(config({ run: { clients: 0 } })).toBe("run.clients: is 0; give a whole number from 1 to 1000");
    expect(config({ run: { nodes: 3 } })).toMatch(/^run\.nodes: there is no such field/);
    expect(refusal({}, () => defineConfig([] as never))).toBe("the configuration is []; give { system, run }");
  });
});

describe("a user's client", () => {
  it("is asked for what clients do", async () => {
    const calls: unknown[] = [];
    const note =
      <T>(result: T) =>
      (...call: unknown[]): T => {
        calls.push(call.slice(0, -1));
        expect(call.at(-1)).toBe(signal);
        return result;
      };
    const system = clientOf({
      read: note(7),
      readOwn: note([1, 2]),
      write: note("OK"),
      append: note(undefined),
      cas: note(true),
    });
    expect(await invoke(system, { f: "read" })).toEqual({ type: "ok", value: 7 });
    expect(await invoke(system, { f: "read", final: true })).toEqual({ type: "ok", value: [1, 2] });
    expect(await invoke(system, { f: "write", input: 3 })).toEqual({ type: "ok", value: null });
    expect(await invoke(system, { f: "append", input: 4 })).toEqual({ type: "ok", value: null });
    expect(await invoke(system, { f: "cas", input: [null, 5] })).toEqual({ type: "ok", value: null });
    const key = expect.stringMatching(/^run-[0-9a-f]{8}-k0$/);
    expect(calls).toEqual([[key], [key], [key, 3], [key, 4], [key, null, 5]]);
  });

  it("knows where the nodes are", async () => {
    let where: unknown;
    const system = defineSystem({
      ...DEFINITION,
      client: (given) => {
        where = given;
        return { read: () => null, write: () => undefined };
      },
    });
    await system.client({ ...ENV, process: 4, node: endpoint("n2") });
    const nodes = [
      { name: "n1", host: "10.0.0.1", port: 17_001 },
      { name: "n2", host: "10.0.0.1", port: 17_002 },
    ];
    expect(where).toEqual({ node: nodes[1], nodes, process: 4 });
  });

  it("has new keys in each run", async () => {
    const keys = new Set<string>();
    const system = clientOf({ read: (key) => void keys.add(key) });
    const session = await system.client({ ...ENV, process: 0, node: endpoint("n1") });
    const read = () => session.invoke({ f: "read", key: "k0", input: null }, signal);
    expect(await read()).toEqual({ type: "ok", value: null });
    await read();
    expect(keys.size).toBe(1);
    await system.setup?.(ENV, signal);
    await invoke(system, { f: "read" });
    expect(keys.size).toBe(2);
  });

  it("that throws: reads fail, definite errors fail, others leave it open", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const lost = (): never => {
      throw new TypeError("fetch failed", { cause: refused });
    };
    const system = clientOf({ read: lost, write: lost });
    const read = await failure(invoke(system, { f: "read" }));
    expect(read).toMatchObject({
      name: "DefiniteError",
      error: "abort",
      message: "fetch failed: connect ECONNREFUSED",
    });
    expect(await failure(invoke(system, { f: "write", input: 1 }))).toMatchObject({ name: "TypeError" });
    const sure = clientOf({ write: lost }, { isDefinite: (_error, code) => code === "ECONNREFUSED" });
    expect(await failure(invoke(sure, { f: "write", input: 1 }))).toMatchObject({ name: "DefiniteError" });
    const full = clientOf({
      write: () => {
        throw new DefiniteError("disk-full");
      },
    });
    expect(await failure(invoke(full, { f: "write", input: 1 }))).toMatchObject({ error: "disk-full" });
    // A defect is not mistaken for a failed read.
    const broken = clientOf({ read: () => (undefined as unknown as { x: number }).x });
    expect(await failure(invoke(broken, { f: "read" }))).toMatchObject({ name: "TypeError" });
  });

  it("that cannot do an operation fails it", async () => {
    const missing = await failure(invoke(clientOf({}), { f: "cas", input: [1, 2] }));
    expect(missing).toMatchObject({ error: "not-supported", message: "the client of my-kv has no cas" });
    const own = await failure(invoke(clientOf({}), { f: "read", final: true }));
    expect(own).toMatchObject({ error: "not-supported", message: "the client of my-kv has no readOwn" });
    const unequal = await failure(invoke(clientOf({ cas: () => false }), { f: "cas", input: [1, 2] }));
    expect(unequal).toMatchObject({ error: "precondition-failed" });
  });

  it("that answers something else is told what to answer", async () => {
    const answer = async (value: unknown): Promise<string> => {
      const error = await failure(invoke(clientOf({ read: () => value }), { f: "read" }));
      expect(error.name).toBe("MalformedReply");
      return error.message;
    };
    expect(await answer("5")).toMatch(/^read returned "5"; return the number that was written.* Number\(text\)/);
    expect(await answer(5n)).toMatch(/^read returned 5n;/);
    expect(await answer(new Date())).toMatch(/^read returned a Date;/);
    expect(await answer(Number.NaN)).toMatch(/^read returned NaN;/);
    expect(await answer(["1"])).toMatch(/^read returned \["1"\];/);
    expect(await answer(new Map())).toMatch(/^read returned a Map;/);
    const vague = clientOf({ cas: () => "OK" as never });
    expect((await failure(invoke(vague, { f: "cas", input: [1, 2] }))).message).toMatch(
      /^cas returned "OK"; return true if the value was set/,
    );
  });
});

describe("a user's system", () => {
  it("is tried out when it is set up", async () => {
    const closed: unknown[] = [];
    const steps: string[] = [];
    const system = clientOf(
      { close: () => void closed.push("closed") },
      { setup: ([first]) => void steps.push(first?.name ?? "") },
    );
    await system.setup?.(ENV, signal);
    expect([steps, closed]).toEqual([["n1"], ["closed"]]);

    const complaint = async (more: Partial<SystemDefinition>): Promise<string> => {
      const error = await failure(Promise.resolve(defineSystem({ ...DEFINITION, ...more }).setup?.(ENV, signal)));
      expect(error.name).toBe("ConfigError");
      return error.message;
    };
    expect(await complaint({ client: () => ({ read: () => 1 }) })).toBe(
      "system.client: has no write, which the workload register needs; add it, or see system.workloads",
    );
    expect(await complaint({ client: () => undefined as never })).toMatch(
      /^system\.client: returned undefined; return/,
    );
    expect(await complaint({ client: () => ({ read: 1 as never }) })).toBe(
      "system.client: its read is 1; give a function",
    );
    const closedDoor = () => Promise.reject(new Error("wrong password"));
    expect(await complaint({ client: closedDoor })).toBe("system.client: could not be opened on n1: wrong password");
    expect(await complaint({ setup: closedDoor })).toBe("system.setup: failed: wrong password");
  });

  it("is ready when its port accepts a connection, or as it says itself", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const here: Endpoint = { node: "n1", host: "127.0.0.1", address: "n1", port: (own) => own };
    const env = { config: {}, endpoints: [here] };
    const at = (port: number, more: Partial<SystemDefinition> = {}) =>
      defineSystem({ ...DEFINITION, nodes: [{ container: "a", port }], ...more }).ready(here, env, signal);
    expect(await at(port)).toBe(true);
    expect(await at(port, { ready: () => false })).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await at(port)).toBe(false);
    expect(await at(port, { ready: async (node) => node.port === port })).toBe(true);
  });

  it("tells who leads", async () => {
    const system = defineSystem({ ...DEFINITION, leader: async (nodes) => nodes[1]?.name });
    expect(await system.leader?.(ENV, signal)).toBe("n2");
  });
});
