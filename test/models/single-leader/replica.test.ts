import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.ts";
import type { Env, Message, Replica, Reply } from "../../../src/core/replica.ts";
import { singleLeader } from "../../../src/models/single-leader/index.ts";
import type { Entry } from "../../../src/models/single-leader/log.ts";
import type { PeerMessage } from "../../../src/models/single-leader/messages.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";
import { ok, read, write } from "./lab.ts";
import { entry, shapeOf } from "./logs.ts";

const NODES = ["n1", "n2", "n3"];
const opening = (epoch: number): Entry => ({ epoch, op: null });

/** One replica on a real disk; the test plays its peers, its clients and its timers. */
class Bench {
  readonly id: string;
  readonly disk = new SimDisk(true, () => this.disk.synced());
  readonly timers = new Set<string>();
  sent: { to: string; message: Message }[] = [];
  readonly replies = new Map<number, Reply>();
  readonly config: string;
  replica: Replica;

  constructor(id: string, config: string) {
    this.id = id;
    this.config = config;
    this.replica = this.#start();
  }

  #start(): Replica {
    const [replication = "", failover = ""] = this.config.split(",");
    const env: Env = {
      id: this.id,
      nodes: NODES,
      peers: NODES.filter((node) => node !== this.id),
      wallMs: () => 0,
      monoMs: () => 0,
      random: () => 0.5,
      send: (to, message) => this.sent.push({ to, message }),
      setTimer: (name) => this.timers.add(name),
      clearTimer: (name) => this.timers.delete(name),
      disk: this.disk,
      reply: ({ id }, reply) => this.replies.set(id, reply),
      trace: () => {},
    };
    return singleLeader.start(env, { replication, failover, reads: "leader" });
  }

  crash(): void {
    this.timers.clear();
    this.disk.crash(new Random(1));
    this.sent = [];
    this.replica = this.#start();
  }

  /** What the replica answers to a message of a peer. */
  tell(from: string, message: PeerMessage): Message[] {
    this.sent = [];
    this.replica.onMessage(from, message);
    return this.sent.filter(({ to }) => to === from).map(({ message }) => message);
  }

  ask(id: number, op: ReturnType<typeof read>, asked: "leader" | "copy" = "leader"): Reply | undefined {
    this.replica.onRequest({ id, client: "c0", op, context: { read: asked } });
    return this.replies.get(id);
  }

  append(epoch: number, after: number, afterEpoch: number, entries: Entry[]): PeerMessage {
    return { type: "append", epoch, after, afterEpoch, entries, committed: 0, round: 0 };
  }
}

describe("a follower", () => {
  const finalValue = (bench: Bench): unknown => {
    const reply = bench.ask(-1, { ...read(), final: true });
    bench.replies.delete(-1);
    return reply?.outcome;
  };

  test("takes nothing whose predecessor it lacks, and says what it has (Raft §5.3)", () => {
    const bench = new Bench("n2", "async,none");
    const [answer] = bench.tell("n1", bench.append(1, 3, 1, [entry(1, 4)]));
    expect(answer).toMatchObject({ type: "mismatch", epoch: 1, log: { length: 0, runs: [] } });
    expect(bench.tell("n1", bench.append(1, 0, 0, [entry(1, 1)]))).toMatchObject([{ type: "ack", index: 1 }]);
    expect(finalValue(bench)).toEqual(ok("1/1"));
  });

  test("has on disk what it acknowledges", () => {
    const bench = new Bench("n2", "async,none");
    bench.tell("n1", bench.append(1, 0, 0, [entry(1, 1)]));
    bench.crash();
    expect(finalValue(bench)).toEqual(ok("1/1"));
  });

  test("refuses an epoch that is over, and tells which is not", () => {
    const bench = new Bench("n2", "semi-sync,fenced");
    bench.tell("n3", bench.append(3, 0, 0, [opening(3)]));
    expect(bench.tell("n1", bench.append(1, 0, 0, [entry(1, 1)]))).toEqual([{ type: "stale", epoch: 3 }]);
    expect(finalValue(bench)).toEqual(ok(null));
  });

  test("remembers through a crash what it has promised", () => {
    const bench = new Bench("n2", "semi-sync,fenced");
    const prepare: PeerMessage = { type: "prepare", epoch: 3, log: shapeOf([]) };
    expect(bench.tell("n3", prepare)).toMatchObject([{ type: "promise", epoch: 3 }]);
    bench.crash();
    expect(bench.tell("n1", bench.append(1, 0, 0, [entry(1, 1)]))).toEqual([{ type: "stale", epoch: 3 }]);
    expect(bench.tell("n3", prepare)).toEqual([]);
  });

  test("sends a candidate what that lacks, from where their logs agree", () => {
    const bench = new Bench("n2", "semi-sync,fenced");
    bench.tell("n1", bench.append(1, 0, 0, [entry(1, 1), entry(1, 2), entry(1, 3)]));
    const [promise] = bench.tell("n3", { type: "prepare", epoch: 3, log: shapeOf([entry(1, 1)]) });
    expect(promise).toMatchObject({ type: "promise", after: 1, entries: [entry(1, 2), entry(1, 3)] });
  });

  test("shows entries of a deposed leader only once an entry of the new one stands behind them (Raft §5.4.2)", () => {
    const bench = new Bench("n2", "semi-sync,fenced");
    bench.tell("n3", bench.append(3, 0, 0, [entry(1, 1)]));
    expect(finalValue(bench)).toEqual(ok(null));
    bench.tell("n3", bench.append(3, 1, 1, [opening(3)]));
    expect(finalValue(bench)).toEqual(ok("1/1"));
  });

  test("after a restart answers from its copy only when a leader has confirmed it", () => {
    const bench = new Bench("n2", "semi-sync,fenced");
    bench.tell("n1", bench.append(1, 0, 0, [entry(1, 1)]));
    expect(bench.ask(1, read(), "copy")?.outcome).toEqual(ok("1/1"));
    bench.crash();
    expect(bench.ask(2, read(), "copy")).toBeUndefined();
    bench.tell("n1", bench.append(1, 1, 1, []));
    expect(bench.replies.get(2)?.outcome).toEqual(ok("1/1"));
  });
});

describe("a leader", () => {
  const ack = (epoch: number, index: number, round = 0): PeerMessage => ({ type: "ack", epoch, index, round });

  /** n2, elected in epoch 2 by n3, with one entry of epoch 1 that n3 sent along. */
  function elected(): Bench {
    const bench = new Bench("n2", "semi-sync,fenced");
    bench.replica.onTimer("silence");
    bench.tell("n3", { type: "promise", epoch: 2, log: shapeOf([entry(1, 1)]), after: 0, entries: [entry(1, 1)] });
    return bench;
  }

  test("takes over the most up-to-date log among those who promised, and opens its epoch", () => {
    expect(elected().disk.records("log")).toEqual([entry(1, 1), opening(2)]);
  });

  test("counts the copies of an earlier epoch's entry only together with one of its own (Raft §5.4.2, Figure 8)", () => {
    const bench = elected();
    expect(bench.ask(1, read())).toBeUndefined();
    bench.tell("n3", ack(2, 1, 1));
    expect(bench.replies.get(1)).toBeUndefined();
    bench.tell("n3", ack(2, 2, 1));
    expect(bench.replies.get(1)?.outcome).toEqual(ok("1/1"));
  });

  test("answers a read only after an answer that was given since (Raft §8)", () => {
    const bench = elected();
    bench.tell("n3", ack(2, 2, 0));
    expect(bench.ask(1, read())).toBeUndefined();
    bench.tell("n3", ack(2, 2, 0));
    expect(bench.replies.get(1)).toBeUndefined();
    bench.tell("n3", ack(2, 2, 1));
    expect(bench.replies.get(1)?.outcome).toEqual(ok("1/1"));
  });

  test("does not count acknowledgements of another epoch", () => {
    const bench = elected();
    bench.ask(1, write("a"));
    bench.tell("n3", ack(1, 3));
    expect(bench.replies.get(1)).toBeUndefined();
    bench.tell("n3", ack(2, 3));
    expect(bench.replies.get(1)).toEqual({ outcome: ok(null), context: { position: [2, 3] } });
  });

  test("does not trust a promise that belongs to an earlier candidacy", () => {
    const bench = new Bench("n2", "semi-sync,fenced");
    bench.replica.onTimer("silence");
    bench.replica.onTimer("silence");
    bench.tell("n3", { type: "promise", epoch: 2, log: shapeOf([]), after: 0, entries: [] });
    expect(bench.ask(1, write("a"))?.outcome).toMatchObject({
      type: "fail",
      error: { name: "temporarily-unavailable" },
    });
    bench.tell("n3", { type: "promise", epoch: 5, log: shapeOf([]), after: 0, entries: [] });
    expect(bench.disk.records("log")).toEqual([opening(5)]);
  });

  test("leaves waiting writes in doubt and refuses waiting reads when it is deposed", () => {
    const bench = elected();
    bench.ask(1, write("a"));
    bench.ask(2, read());
    bench.tell("n3", { type: "prepare", epoch: 3, log: shapeOf([entry(1, 1)]) });
    expect(bench.replies.get(1)?.outcome).toMatchObject({ type: "info", error: { name: "crash" } });
    expect(bench.replies.get(2)?.outcome).toMatchObject({ type: "fail", error: { name: "temporarily-unavailable" } });
  });

  test("that is appointed begins an epoch with each life", () => {
    const bench = new Bench("n1", "async,none");
    expect(bench.ask(1, write("a"))?.context).toEqual({ position: [1, 1] });
    bench.crash();
    expect(bench.ask(2, write("b"))?.context).toEqual({ position: [4, 3] });
  });
});

describe("a follower that takes its leader for dead, without fencing", () => {
  const standing = (epoch: number, ...entries: Entry[]): PeerMessage => ({
    type: "standing",
    epoch,
    log: shapeOf(entries),
  });

  /** n2, which has one entry of epoch 1, asks what the others have. */
  function asking(): Bench {
    const bench = new Bench("n2", "async,naive");
    bench.tell("n1", bench.append(1, 0, 0, [entry(1, 1)]));
    bench.sent = [];
    bench.replica.onTimer("silence");
    expect(bench.sent.map(({ message }) => message)).toEqual(Array(2).fill({ type: "survey", epoch: 1 }));
    return bench;
  }

  const outcome = (bench: Bench): unknown[] => {
    bench.sent = [];
    bench.replica.onTimer("survey");
    return bench.sent.map(({ to, message: { type, epoch } }) => [to, type, epoch]);
  };

  test("nominates who has more, and leads otherwise", () => {
    const behind = asking();
    behind.tell("n3", standing(1, entry(1, 1), entry(1, 2)));
    expect(outcome(behind)).toEqual([["n3", "nominate", 1]]);
    const equal = asking();
    equal.tell("n3", standing(1, entry(1, 1)));
    expect(outcome(equal)).toEqual([
      ["n1", "append", 2],
      ["n3", "append", 2],
    ]);
  });

  test("listens to no answer of another epoch, and to none if the leader speaks up", () => {
    const late = asking();
    late.tell("n3", standing(0, entry(1, 1), entry(1, 2)));
    expect(outcome(late)).toContainEqual(["n3", "append", 2]);
    const alive = asking();
    alive.tell("n1", alive.append(1, 1, 1, []));
    expect(outcome(alive)).toEqual([]);
  });

  test("answers who asks, but for a leader; and tells who is behind that its epoch is over", () => {
    const bench = new Bench("n2", "async,naive");
    bench.tell("n3", bench.append(3, 0, 0, [entry(3, 1)]));
    const shape = shapeOf([entry(3, 1)]);
    expect(bench.tell("n1", { type: "survey", epoch: 4 })).toEqual([{ type: "standing", epoch: 4, log: shape }]);
    expect(bench.tell("n1", { type: "survey", epoch: 1 })).toEqual([{ type: "stale", epoch: 3 }]);
    expect(new Bench("n1", "async,naive").tell("n2", { type: "survey", epoch: 1 })).toEqual([]);
  });

  test("leads when it is nominated, unless the nomination is from an epoch that is over", () => {
    const bench = new Bench("n2", "async,naive");
    bench.tell("n3", bench.append(3, 0, 0, [entry(3, 1)]));
    expect(bench.tell("n1", { type: "nominate", epoch: 1 })).toEqual([]);
    expect(bench.tell("n1", { type: "nominate", epoch: 5 })).toMatchObject([{ type: "append", epoch: 8 }]);
    expect(bench.tell("n1", { type: "nominate", epoch: 8 })).toEqual([]);
  });
});
