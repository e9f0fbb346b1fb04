import { spawn } from "node:child_process";
import { connect, createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { Connection } from "../../../src/runtimes/docker/connection.ts";
import { encodeFrame, FrameSplitter } from "../../../src/runtimes/shared/frames.ts";
import { TcpLink } from "../../../src/runtimes/shared/node/tcp.ts";
import { type Envelope, HARNESS } from "../../../src/runtimes/shared/wire.ts";
import { temporaryFolder } from "../../conformance/worlds.ts";
import { comesTrue } from "../process/support.ts";

const HOST = "127.0.0.1";
const NAMES = ["n1", "n2", "n3"];

const listening = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      if (typeof address === "object" && address) resolve(address.port);
    });
  });

/** Ports at which nobody listens, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map((server) => listening(server, 0)));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const note = (src: string, dest: string, n: Json): Envelope => ({ src, dest, body: { type: "note", n } });
const notesOf = (messages: readonly Envelope[]): (Json | undefined)[] => messages.map(({ body }) => body.n);

/** A node that answers every message that has an id with the same type and `_ok`, and keeps what it got. */
class Node {
  readonly id: string;
  readonly port: number;
  readonly got: Envelope[] = [];
  readonly logged: string[] = [];
  readonly link: TcpLink;

  constructor(id: string, ports: ReadonlyMap<string, number>) {
    this.id = id;
    this.port = ports.get(id) ?? 0;
    const peers = new Map([...ports].map(([peer, port]) => [peer, { host: HOST, port }]));
    this.link = new TcpLink({ id, port: this.port, peers, log: (line) => this.logged.push(line) });
    onTestFinished(() => this.link.close());
    this.link
      .serve((message) => {
        this.got.push(message);
        const { msg_id: asked, type } = message.body;
        if (asked !== undefined)
          this.link.send({ src: id, dest: message.src, body: { type: `${type}_ok`, in_reply_to: asked } });
      })
      .catch((error: unknown) => this.logged.push(String(error)));
  }

  /** Says it again until the other has heard it: whatever is sent before a connection stands is dropped. */
  reaches(other: Node, word: string): Promise<boolean> {
    return comesTrue(() => {
      if (notesOf(other.got).includes(word)) return true;
      this.link.send(note(this.id, other.id, word));
      return false;
    });
  }
}

/** A cluster of nodes that are not started yet. */
async function cluster(size: number): Promise<{ start(id: string): Node; ports: ReadonlyMap<string, number> }> {
  const free = await freePorts(size);
  const ports = new Map(free.map((port, i) => [NAMES[i] ?? "", port]));
  return { ports, start: (id) => new Node(id, ports) };
}

async function nodesOf(size: number): Promise<Node[]> {
  const { start } = await cluster(size);
  return NAMES.slice(0, size).map(start);
}

/** A client, or the harness, that keeps what it got, and what was given back to it in the end. */
function client(name: string, port: number) {
  const got: Envelope[] = [];
  const events: string[] = [];
  let undelivered: readonly Envelope[] | undefined;
  const connection = new Connection({
    name,
    host: HOST,
    port,
    onUp: () => events.push("up"),
    onMessage: (message) => void got.push(message),
    onClose: (messages) => {
      events.push("closed");
      undelivered = messages;
    },
  });
  onTestFinished(() => connection.close());
  return { connection, got, events, undelivered: () => undelivered };
}

/** A client of a node that may not listen yet. */
async function connected(name: string, node: Node): Promise<ReturnType<typeof client>> {
  let caller = client(name, node.port);
  const up = await comesTrue(() => {
    if (caller.events.includes("closed")) caller = client(name, node.port);
    return caller.events.includes("up");
  });
  expect(up).toBe(true);
  return caller;
}

/** Bytes to a node, as they are; and whether it has ended the connection. */
function stranger(port: number, ...chunks: readonly (string | Buffer)[]) {
  const seen = { ended: false, frames: [] as Json[] };
  const splitter = new FrameSplitter((frame) => seen.frames.push(frame));
  const socket = connect({ host: HOST, port }, () => {
    for (const chunk of chunks) socket.write(chunk);
  });
  socket.on("data", (chunk) => splitter.push(chunk));
  socket.on("error", () => undefined);
  socket.on("close", () => {
    seen.ended = true;
  });
  onTestFinished(() => void socket.destroy());
  return seen;
}

describe("nodes connected over TCP", () => {
  it("begin by knowing who they are, and who the others are", async () => {
    const [, second] = await nodesOf(3);
    expect(second?.link.initial()).toEqual({
      src: HARNESS,
      dest: "n2",
      body: { type: "init", msg_id: 0, node_id: "n2", node_ids: NAMES },
    });
  });

  it("send messages each way, in order", async () => {
    const nodes = await nodesOf(3);
    for (const from of nodes)
      for (const to of nodes) if (from !== to) expect(await from.reaches(to, `${from.id} was here`)).toBe(true);
    const [first, second] = nodes;
    if (!first || !second) return expect.fail("no nodes");
    for (let n = 0; n < 500; n++) first.link.send(note("n1", "n2", n));
    const numbers = (): (Json | undefined)[] => notesOf(second.got).filter((n) => typeof n === "number");
    expect(await comesTrue(() => numbers().length === 500)).toBe(true);
    expect(numbers()).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(nodes.flatMap(({ logged }) => logged)).toEqual([]);
  });

  it("find each other again when one was away", async () => {
    const { start } = await cluster(2);
    const first = start("n1");
    const old = start("n2");
    expect(await first.reaches(old, "before")).toBe(true);
    expect(await old.reaches(first, "hello")).toBe(true);
    old.link.close();
    // Lost, and nothing to complain of.
    first.link.send(note("n1", "n2", "in vain"));
    const reborn = start("n2");
    expect(await first.reaches(reborn, "after")).toBe(true);
    expect(await reborn.reaches(first, "here again")).toBe(true);
    expect(notesOf(old.got)).not.toContain("after");
    expect(first.logged).toEqual([]);
  });

  it("say so if their port is taken", async () => {
    const { start, ports } = await cluster(1);
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(ports.get("n1"), resolve));
    onTestFinished(() => void squatter.close());
    const node = start("n1");
    expect(await comesTrue(() => node.logged.length > 0)).toBe(true);
    expect(node.logged[0]).toMatch(/EADDRINUSE/);
  });
});

describe("a client's connection to a node", () => {
  it("is greeted, and answered over the connection that it made", async () => {
    const [node] = await nodesOf(1);
    if (!node) return expect.fail("no node");
    const one = await connected("c1", node);
    const two = await connected("c2", node);
    for (const [name, { connection }] of [["c1", one] as const, ["c2", two] as const])
      connection.send({ src: name, dest: "n1", body: { type: "read", msg_id: name } });
    expect(await comesTrue(() => one.got.length + two.got.length === 2)).toBe(true);
    expect(one.got).toEqual([{ src: "n1", dest: "c1", body: { type: "read_ok", in_reply_to: "c1" } }]);
    expect(two.got).toEqual([{ src: "n1", dest: "c2", body: { type: "read_ok", in_reply_to: "c2" } }]);
  });

  it("keeps what is sent before it stands, in order", async () => {
    const { start } = await cluster(1);
    const node = start("n1");
    await connected("c1", node);
    const early = client("c2", node.port);
    for (const id of [1, 2, 3]) early.connection.send({ src: "c2", dest: "n1", body: { type: "read", msg_id: id } });
    expect(await comesTrue(() => early.got.length === 3)).toBe(true);
    expect(early.got.map(({ body }) => body.in_reply_to)).toEqual([1, 2, 3]);
  });

  it("gives back what was not delivered: nobody listens", async () => {
    const [port = 0] = await freePorts(1);
    const { connection, events, undelivered } = client("c1", port);
    const messages = [note("c1", "n1", 1), note("c1", "n1", 2)];
    for (const message of messages) connection.send(message);
    expect(await comesTrue(() => events.includes("closed"))).toBe(true);
    expect(events).toEqual(["closed"]);
    expect(undelivered()).toEqual(messages);
  });

  it("gives back what was not delivered: a proxy listens, and no node behind it", async () => {
    const sockets: Socket[] = [];
    let bytes = 0;
    const proxy = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        bytes += chunk.length;
      });
    });
    const port = await listening(proxy, 0);
    onTestFinished(() => void proxy.close());
    const { connection, events, undelivered } = client("c1", port);
    const message = note("c1", "n1", 1);
    connection.send(message);
    // It says who it is, and nothing else.
    expect(await comesTrue(() => bytes > 0)).toBe(true);
    expect(bytes).toBe(encodeFrame({ hello: "c1" }).length);
    for (const socket of sockets) socket.destroy();
    expect(await comesTrue(() => events.includes("closed"))).toBe(true);
    expect(undelivered()).toEqual([message]);
  });

  it("gives nothing back that a node may have got", async () => {
    const { start } = await cluster(1);
    const node = start("n1");
    const { connection, events, undelivered } = await connected("c1", node);
    connection.send(note("c1", "n1", "certain"));
    expect(await comesTrue(() => node.got.length === 1)).toBe(true);
    node.link.close();
    connection.send(note("c1", "n1", "perhaps"));
    expect(await comesTrue(() => events.includes("closed"))).toBe(true);
    expect(undelivered()).toEqual([]);
  });

  it("ends on garbage", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(Buffer.concat([encodeFrame({ hello: "n1" }), encodeFrame(note("n1", "c1", 1)), Buffer.of(255)]));
      socket.write(Buffer.from("garbage"));
    });
    const port = await listening(server, 0);
    onTestFinished(() => void server.close());
    const { events, got } = client("c1", port);
    expect(await comesTrue(() => events.includes("closed"))).toBe(true);
    expect(events).toEqual(["up", "closed"]);
    expect(notesOf(got)).toEqual([1]);
  });
});

describe("what a node has to tell the harness", () => {
  it("is kept until the harness is there, also the second time", async () => {
    const [node] = await nodesOf(1);
    if (!node) return expect.fail("no node");
    for (const n of [1, 2, 3]) node.link.send(note("n1", HARNESS, n));
    const first = await connected(HARNESS, node);
    expect(await comesTrue(() => first.got.length === 3)).toBe(true);
    node.link.send(note("n1", HARNESS, 4));
    expect(await comesTrue(() => first.got.length === 4)).toBe(true);
    expect(notesOf(first.got)).toEqual([1, 2, 3, 4]);

    // What is sent before the node has noticed that the harness is gone is lost; what is sent after that is kept.
    let [told, harness] = [4, first];
    const keptAgain = await comesTrue(async () => {
      harness.connection.close();
      await new Promise((resolve) => setTimeout(resolve, 50));
      node.link.send(note("n1", HARNESS, ++told));
      harness = await connected(HARNESS, node);
      return comesTrue(() => harness.got.length > 0, 500);
    });
    expect(keptAgain).toBe(true);
    expect(notesOf(harness.got)).toEqual([told]);
  });

  it("is kept up to a thousand, the newest", async () => {
    const [node] = await nodesOf(1);
    if (!node) return expect.fail("no node");
    for (let n = 0; n < 1_005; n++) node.link.send(note("n1", HARNESS, n));
    const { got } = await connected(HARNESS, node);
    expect(await comesTrue(() => got.length >= 1_000)).toBe(true);
    expect(notesOf(got)).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 5));
  });

  it("is not kept for clients", async () => {
    const [node] = await nodesOf(1);
    if (!node) return expect.fail("no node");
    node.link.send(note("n1", "c1", "nobody asked"));
    const { connection, got } = await connected("c1", node);
    connection.send({ src: "c1", dest: "n1", body: { type: "read", msg_id: 1 } });
    expect(await comesTrue(() => got.length > 0)).toBe(true);
    expect(got.map(({ body }) => body.type)).toEqual(["read_ok"]);
  });
});

describe("garbage", () => {
  const json = (text: string): Buffer => Buffer.concat([Buffer.of(0, 0, 0, text.length), Buffer.from(text)]);
  it.each<[string, Buffer | string, RegExp]>([
    ["another protocol", "GET / HTTP/1.1\r\n\r\n", /RangeError: a frame of \d+ bytes/],
    ["no JSON", json("{oops"), /SyntaxError/],
    ["no object", json("[1]"), /TypeError: not an object/],
    ["no message", json('{"src":"c1","dest":"n1"}'), /TypeError: neither hello nor ping nor/],
    ["a body without a type", json('{"src":"c1","dest":"n1","body":{}}'), /TypeError: neither hello nor ping nor/],
  ])("closes its connection, and harms no other: %s", async (_, bytes, reason) => {
    const nodes = await nodesOf(2);
    const [node, other] = nodes;
    if (!node || !other) return expect.fail("no nodes");
    const good = await connected("c1", node);
    const bad = stranger(node.port, encodeFrame({ hello: "c2" }), encodeFrame({ ping: 5 }), bytes);
    expect(await comesTrue(() => bad.ended)).toBe(true);
    expect(bad.frames).toEqual([{ hello: "n1" }, { pong: 5 }]);
    expect(node.logged).toEqual([expect.stringMatching(/^closed the connection of c2: it sent a frame that is none/)]);
    expect(node.logged[0]).toMatch(reason);

    good.connection.send({ src: "c1", dest: "n1", body: { type: "read", msg_id: 1 } });
    expect(await comesTrue(() => good.got.length === 1)).toBe(true);
    expect(good.events).toEqual(["up"]);
    expect(await other.reaches(node, "still here")).toBe(true);
  });
});

describe("a bundled node with --listen", () => {
  const NODE = fileURLToPath(new URL("../../../dist/src/cli/node.js", import.meta.url));
  const PROBE = fileURLToPath(new URL("../../conformance/probe.mjs", import.meta.url));

  it("serves clients, and ends if its replica throws: that is no garbage of the client's", async () => {
    const [port = 0] = await freePorts(1);
    const self = ["--data", temporaryFolder(), "--id", "n1", "--listen", `${port}`, "--peer", `n1=${HOST}:${port}`];
    const child = spawn(process.execPath, [NODE, PROBE, ...self], { stdio: ["ignore", "ignore", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    let exitCode: number | null | undefined;
    child.on("close", (code) => {
      exitCode = code;
    });
    let caller = client("c1", port);
    const up = await comesTrue(() => {
      if (caller.events.includes("closed")) caller = client("c1", port);
      return caller.events.includes("up");
    });
    expect(up, said).toBe(true);
    caller.connection.send({ src: "c1", dest: "n1", body: { type: "echo", msg_id: 1, value: "hear me" } });
    expect(await comesTrue(() => caller.got.length === 1)).toBe(true);
    expect(caller.got[0]?.body).toEqual({ type: "echo_ok", in_reply_to: 1, value: "hear me" });
    caller.connection.send({ src: "c1", dest: "n1", body: { type: "die", msg_id: 2 } });
    expect(await comesTrue(() => exitCode !== undefined)).toBe(true);
    expect(exitCode).toBeGreaterThan(0);
    expect(said).toMatch(/Error: as asked/);
    expect(said).not.toMatch(/frame that is none/);
  });
});
