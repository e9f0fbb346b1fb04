// A harness to be killed: starts a cluster, pauses one of its nodes, prints what processes there are, and waits.
// Arguments: the built runtime's module, the folder of the run, and the nodes' command.
const [, , runtime, runDir, ...command] = process.argv;
const { startProcesses } = await import(runtime);
let nextId = 1;
const cluster = await startProcesses({
  program: { command },
  client: (env) => ({
    onInvoke: (op) => env.send(env.node, { id: nextId++, op, context: null }),
    onReply: (_from, _id, { outcome }) => env.complete(outcome),
    onTimer: () => undefined,
  }),
  nodes: 3,
  seed: 1,
  runDir,
  bundled: false,
  startTimeoutMs: 30_000,
});
const children = [];
if (command.at(-1).endsWith("maelstrom.mjs")) {
  const { value } = await cluster.open(0, "n2").invoke({ f: "child", input: null }, 30e9);
  children.push(value);
}
await cluster.inject({ kind: "pause", nodes: ["n1"] });
console.log(JSON.stringify({ children }));
process.stdin.on("data", () => process.exit(0));
