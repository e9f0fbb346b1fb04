// An ordinary program that speaks the Maelstrom protocol and knows nothing of this project: each node keeps keys of its
// own. Beside `lin-kv` and `txn-list-append` it serves a few requests that tests need.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const file = `${process.env.SPLITBRAIN_DATA}/store.json`;
const store = new Map(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []);
const inbox = [];
let id = "";

const say = (src, dest, body) => console.log(JSON.stringify({ src, dest, body }));

const serve = {
  init: ({ node_id }) => {
    id = node_id;
    return {};
  },
  read: ({ key }) => (store.has(key) ? { value: store.get(key) } : { code: 20, text: "no such key" }),
  write: ({ key, value }) => {
    store.set(key, value);
    return {};
  },
  cas: ({ key, from, to }) => {
    if (!store.has(key)) return { code: 20, text: "no such key" };
    if (store.get(key) !== from) return { code: 22, text: `it is ${store.get(key)}` };
    store.set(key, to);
    return {};
  },
  txn: ({ txn }) => ({
    txn: txn.map(([f, key, value]) => {
      if (f === "append") store.set(key, [...(store.get(key) ?? []), value]);
      return [f, key, f === "r" ? (store.get(key) ?? null) : value];
    }),
  }),
  // The type of the key as it came.
  "type-of-key": ({ key }) => ({ value: typeof key }),
  save: () => {
    writeFileSync(file, JSON.stringify([...store]));
    return {};
  },
  fails: ({ value: code }) => ({ code, text: "as asked" }),
  clock: () => ({ value: Date.now() }),
  // Waits by the monotonic clock, and says for how long by the same.
  wait: ({ value: ms }, answer) => {
    const startMs = performance.now();
    setTimeout(() => answer({ value: performance.now() - startMs }), ms);
  },
  send: ({ key: dest, value }) => {
    say(id, dest, { type: "note", value });
    return {};
  },
  inbox: () => ({ value: inbox }),
  note: ({ value }) => {
    inbox.push(value);
  },
  noise: () => {
    console.log("this is no message");
    console.log("[1, 2");
    console.log(JSON.stringify({ src: "n77", dest: "n1", body: { type: "note" } }));
    console.log(JSON.stringify({ src: id, dest: "n1" }));
    say(id, "nobody", { type: "note" });
    say(id, "harness", { type: "trace", event: 1 });
    say(id, "c0", { type: "read_ok" });
    process.stdout.write(Buffer.from([0xff, 0x00, 0xfe, 0x0a]));
    console.error("a word on stderr");
    return {};
  },
  exit: ({ value: code }) => {
    console.error("my last word");
    process.exit(code);
  },
  // Starts a process in a session of its own, which ends with nobody.
  child: () => {
    const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    return { value: child.pid };
  },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { src, body } = JSON.parse(line);
  const answer = ({ code, ...fields }) => {
    const type = code === undefined ? `${body.type}_ok` : "error";
    say(id, src, { type, in_reply_to: body.msg_id, ...(code === undefined ? {} : { code }), ...fields });
  };
  const fields = serve[body.type](body, answer);
  if (fields) answer(fields);
});
