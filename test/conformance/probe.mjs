// A model that does what it is asked for, so that a test can see what its runtime does. Plain JavaScript, so that the
// bundled node can load it on every version of Node. Its functions (`key` and `input` as given, else unused):
//
// echo (input)              answers its input
// mute                      never answers
// refuse                    fails as `abort`, text "as asked"
// die                       throws
// self                      answers {id, nodes, peers}
// context                   answers the request's context; the reply's context is {seen: <number of requests so far>}
// reply-context             answered by the client: the context of the last reply
// remember (input), recall  a value in memory
// store (key: cell, input: {value, sync}), stored (key: cell)
// append (key: log, input: {value, sync}), truncate (key: log, input: {length, sync}), records (key: log)
// send (key: peer, input), flood (key: peer, input: count), inbox
// persist-and-send (key: peer, input: value)  writes and syncs cell "sent", and sends it
// clock                     answers {wallMs, monoMs}
// random                    answers a number
// timer (key: name, input: afterMs), clear (key: name), fired
// timer-and-sync (key: name, input: afterMs)  sets a timer, and writes and syncs cell "timer"
// lead (input: term), follow (input: term)

const ok = (value) => ({ outcome: { type: "ok", value } });

function start(env) {
  let memory = null;
  let seen = 0;
  const inbox = [];
  const fired = [];
  const { disk } = env;
  env.trace("started", { cells: disk.read("boots") ?? 0 });

  const functions = {
    echo: ({ input }) => input,
    self: () => ({ id: env.id, nodes: env.nodes, peers: env.peers }),
    remember: ({ input }) => {
      memory = input;
      return null;
    },
    recall: () => memory,
    store: ({ key, input }) => {
      disk.write(key, input.value);
      if (input.sync) disk.sync();
      return disk.read(key);
    },
    stored: ({ key }) => disk.read(key) ?? null,
    append: ({ key, input }) => {
      disk.append(key, input.value);
      if (input.sync) disk.sync();
      return disk.records(key).length;
    },
    truncate: ({ key, input }) => {
      disk.truncate(key, input.length);
      if (input.sync) disk.sync();
      return disk.records(key).length;
    },
    records: ({ key }) => [...disk.records(key)],
    send: ({ key, input }) => {
      env.send(key, { type: "note", input });
      return null;
    },
    flood: ({ key, input }) => {
      for (let i = 0; i < input; i++) env.send(key, { type: "note", input: i });
      return null;
    },
    inbox: () => [...inbox],
    "persist-and-send": ({ key, input }) => {
      env.send(key, { type: "note", input });
      disk.write("sent", input);
      disk.sync();
      return null;
    },
    clock: () => ({ wallMs: env.wallMs(), monoMs: env.monoMs() }),
    random: () => env.random(),
    timer: ({ key, input }) => {
      const setMs = env.monoMs();
      functions.onFire.set(key, () => fired.push({ name: key, afterMs: env.monoMs() - setMs }));
      env.setTimer(key, input);
      return null;
    },
    "timer-and-sync": (op) => {
      functions.timer(op);
      disk.write("timer", op.key);
      disk.sync();
      return null;
    },
    clear: ({ key }) => {
      env.clearTimer(key);
      return null;
    },
    fired: () => [...fired],
    lead: ({ input }) => {
      env.trace("leader", { term: input });
      return null;
    },
    follow: ({ input }) => {
      env.trace("follower", { term: input });
      return null;
    },
    onFire: new Map(),
  };

  return {
    onMessage: (from, message) => inbox.push({ from, input: message.input }),
    onTimer: (name) => functions.onFire.get(name)?.(),
    onRequest(request) {
      const { op, context } = request;
      seen++;
      if (op.f === "mute") return;
      if (op.f === "die") throw new Error("as asked");
      if (op.f === "refuse")
        env.reply(request, { outcome: { type: "fail", error: { name: "abort", text: "as asked" } } });
      else if (op.f === "context") env.reply(request, { ...ok(context), context: { seen } });
      else env.reply(request, ok(functions[op.f](op)));
    },
  };
}

function client(env) {
  let nextId = 1;
  let lastContext = null;
  return {
    onInvoke(op) {
      if (op.f === "reply-context") env.complete({ type: "ok", value: lastContext });
      else env.send(env.node, { id: nextId++, op, context: { from: `process ${env.process}` } });
    },
    onReply(_from, id, reply) {
      if (id !== nextId - 1) return;
      lastContext = reply.context ?? null;
      env.complete(reply.outcome);
    },
    onTimer: () => undefined,
  };
}

export default {
  name: "probe",
  title: "Probe",
  source: "none",
  workloads: ["none"],
  options: {},
  bugs: {},
  start,
  client,
  holds: () => [],
  breaks: () => [],
};
