import { Agent } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Endpoint } from "../../../src/core/system.ts";
import { base64, call, EtcdError, found, refusalOf } from "../../../src/systems/etcd/gateway.ts";
import { leaderAmong } from "../../../src/systems/etcd/leader.ts";
import { plan } from "../../../src/systems/etcd/plan.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A port that does with each connection what it is told. */
async function listening(onConnection: (socket: Socket) => void): Promise<Endpoint> {
  const server = createServer(onConnection);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { node: "n1", host: "127.0.0.1", address: "127.0.0.1", port: () => address.port };
}

const agent = new Agent({ keepAlive: true });
afterAll(() => agent.destroy());

const never = new AbortController().signal;
const put = (node: Endpoint) => call({ node, agent }, "/v3/kv/put", { key: base64("k"), value: base64("1") }, never);
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("etcd's gateway", () => {
  it("starts each node with all members, and its data where it outlives a kill", () => {
    const nodes = [1, 2, 3].map((i) => ({ id: `n${i}`, address: `10.0.0.${i}` }));
    const plans = plan(nodes);
    expect(Object.keys(plans)).toEqual(["n1", "n2", "n3"]);
    const [etcd] = plans.n2 ?? [];
    const option = (name: string): string | undefined => etcd?.command[etcd.command.indexOf(name) + 1];
    expect(option("--name")).toBe("n2");
    expect(option("--initial-cluster")).toBe("n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380,n3=http://10.0.0.3:2380");
    expect(option("--initial-advertise-peer-urls")).toBe("http://10.0.0.2:2380");
    expect(etcd?.data?.some((folder) => option("--data-dir")?.startsWith(`${folder}/`))).toBe(true);
    expect(etcd?.preload).toMatchObject({ refused: expect.stringContaining("Go") });
  });

  it("reads values and revisions, and a missing key as none", () => {
    expect(found({ kvs: [{ value: base64('["ä",1]'), mod_revision: "7" }] })).toEqual({
      value: ["ä", 1],
      revision: "7",
    });
    expect(found({})).toEqual({ value: undefined, revision: "0" });
  });

  it("names the leader of the latest term, whom a deposed one and candidates do not confuse", () => {
    const status = (node: string, id: string, leader: string | undefined, raftTerm: string) => ({
      node,
      header: { member_id: id },
      raftTerm,
      ...(leader === undefined ? {} : { leader }),
    });
    const answers = [status("n1", "9", "9", "9"), status("n2", "8", "7", "10"), status("n3", "7", "7", "10")];
    expect(leaderAmong(answers)).toBe("n3");
    expect(leaderAmong([...answers, status("n4", "6", undefined, "44"), status("n5", "5", "0", "45")])).toBe("n3");
    expect(leaderAmong(answers.slice(0, 2))).toBe(undefined);
    expect(leaderAmong([])).toBe(undefined);
  });

  it("takes a write for undone only where etcd says so before it proposes it", () => {
    for (const text of ["etcdserver: too many requests", "etcdserver: request is too large", "raft proposal dropped"])
      expect(refusalOf(new EtcdError(text))).toMatchObject({ error: "temporarily-unavailable", message: text });
    for (const text of [
      "etcdserver: request timed out",
      "etcdserver: request timed out, possibly due to previous leader failure",
      "etcdserver: request timed out, possibly due to connection lost",
      "etcdserver: leader changed",
      "etcdserver: server stopped",
      "etcdserver: mvcc: database space exceeded",
    ])
      expect(refusalOf(new EtcdError(text))).toBe(undefined);
  });

  it("takes a write for undone if nobody listens", async () => {
    const gone = await listening(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(refusalOf(await failure(put(gone)))).toMatchObject({ name: "DefiniteError", error: "node-not-found" });
  });

  it("leaves open what became of a write whose connection broke, and does not send it again", async () => {
    let requests = 0;
    const node = await listening((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        if (!data.toString().startsWith("POST")) return;
        requests++;
        // The connection is kept after the first answer, and breaks with the second request on it.
        if (requests > 1) socket.destroy();
        else socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
      });
    });
    expect(await put(node)).toEqual({});
    const error = await failure(put(node));
    expect(error).toBeInstanceOf(Error);
    expect(refusalOf(error)).toBe(undefined);
    expect(requests).toBe(2);
  });

  it("leaves open what became of a write on a connection that a proxy closes at once, and does not hang", async () => {
    const node = await listening((socket) => socket.destroy());
    for (let i = 0; i < 20; i++) expect(await failure(put(node))).toMatchObject({ code: "ECONNRESET" });
  });

  it("leaves open what became of a write whose answer is cut off", async () => {
    const node = await listening((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"));
    });
    const error = await failure(put(node));
    expect(error).toBeInstanceOf(Error);
    expect(refusalOf(error)).toBe(undefined);
  });
});
