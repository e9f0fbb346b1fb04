// A key-value store over HTTP, kept in a file of the folder SPLITBRAIN_DATA. Arguments: its port, and the primary's, to
// which a node that is not the primary passes on all but what asks for its own copy.
// GET /key[?own] reads, PUT /key writes, POST /key?from=… sets if it was `from`, POST /key appends; bodies are JSON.
// GET /leader names the primary, GET /clock tells the time, GET /env the environment.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const [, , port, primary = port] = process.argv;
const file = join(process.env.SPLITBRAIN_DATA, "store.json");
const store = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};

function set(key, value) {
  store[key] = value;
  writeFileSync(`${file}.next`, JSON.stringify(store));
  renameSync(`${file}.next`, file);
}

function serve(method, url, body) {
  const key = url.pathname.slice(1);
  const now = store[key] ?? null;
  if (key === "leader") return process.env.LEADER ?? null;
  if (key === "clock") return Date.now();
  if (key === "env") return { cwd: process.cwd(), ...process.env };
  if (method === "GET") return now;
  if (method === "PUT") set(key, body);
  else if (!url.searchParams.has("from")) set(key, [...(now ?? []), body]);
  else if (JSON.stringify(now) !== url.searchParams.get("from")) return false;
  else set(key, body);
  return true;
}

createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const url = new URL(request.url, "http://localhost");
  try {
    if (port !== primary && !url.searchParams.has("own") && url.pathname !== "/env") {
      const options = request.method === "GET" ? {} : { body: text };
      const passed = await fetch(`http://127.0.0.1:${primary}${request.url}`, { method: request.method, ...options });
      response.statusCode = passed.status;
      response.end(await passed.text());
    } else response.end(JSON.stringify(serve(request.method, url, text === "" ? null : JSON.parse(text))));
  } catch (error) {
    response.statusCode = 503;
    response.end(String(error));
  }
}).listen(Number(port), "127.0.0.1", () => console.log(`serving at ${port}`));
