import { createServer } from "node:net";
import { defineSystem, type SystemDefinition } from "../../../src/systems/define.ts";
import { program } from "./support.ts";

/** Ports that nobody listened at a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  return Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.once("listening", () => {
            const address = server.address();
            server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
          }),
        ),
    ),
  );
}

export async function http(method: string, url: string, signal?: AbortSignal, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    ...(signal ? { signal } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
  return response.json();
}

export const client: SystemDefinition["client"] = ({ node }) => {
  const url = (key: string): string => `http://${node.host}:${node.port}/${key}`;
  return {
    read: (key, signal) => http("GET", url(key), signal),
    readOwn: (key, signal) => http("GET", `${url(key)}?own`, signal),
    write: (key, value, signal) => http("PUT", url(key), signal, value),
    cas: async (key, from, to, signal) => (await http("POST", `${url(key)}?from=${from}`, signal, to)) === true,
    append: (key, value, signal) => http("POST", url(key), signal, value),
  };
};

/** `programs/kv-server.mjs` on free ports; the first node is the primary. */
export async function kvSystem(count: number, more: Partial<SystemDefinition> = {}) {
  const ports = await freePorts(count);
  const [primary = 0] = ports;
  return defineSystem({
    name: "kv",
    nodes: ports.map((port) => ({
      command: [process.execPath, program("kv-server.mjs"), String(port), String(primary)],
      port,
      env: { LEADER: "n1" },
    })),
    workloads: ["register", "append"],
    client,
    leader: async ([first], signal) => {
      const leader = first && (await http("GET", `http://${first.host}:${first.port}/leader`, signal));
      return typeof leader === "string" ? leader : undefined;
    },
    ...more,
  });
}
