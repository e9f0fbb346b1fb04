// A model that answers every request at once and does nothing else: what is left of the time is the harness's own.
const start = (env) => ({
  onMessage: () => undefined,
  onTimer: () => undefined,
  onRequest: (request) => env.reply(request, { outcome: { type: "ok", value: null } }),
});

const client = (env) => {
  let id = 0;
  return {
    onInvoke: (op) => env.send(env.node, { id: ++id, op, context: null }),
    onReply: (_from, _id, reply) => env.complete(reply.outcome),
    onTimer: () => undefined,
  };
};

export default {
  name: "noop",
  title: "No operation",
  source: "none",
  workloads: ["none"],
  options: {},
  bugs: {},
  start,
  client,
  holds: () => [],
  breaks: () => [],
};
