import type { Invocation, NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../../core/replica.ts";
import { MAX_ELECTION_MS, MIN_ELECTION_MS } from "../multi-paxos/settings.ts";
import { isRead } from "../shared/key-value.ts";
import { startLeaderClient } from "../shared/leader-client.ts";
import { partitionOf, placeOf } from "./regions.ts";
import { GIVE_UP_MS, PARTITIONS, type Settings, SILENCE_MS } from "./settings.ts";

const RETRY_TIMER = "retry";

/**
 * A session. It stays in the region of its node, and has a lane for each partition, which knows who leads that and numbers
 * its requests; and one more for eventually consistent reads. What comes back goes to the lane that it left from.
 */
export class DynamoClient implements Client {
  readonly #isEventual: boolean;
  readonly #lanes: readonly Client[];
  #lane = 0;

  constructor(env: ClientEnv, { consistency, tables }: Settings) {
    this.#isEventual = consistency === "eventual";
    const { nodes } = placeOf(env.node, env.nodes, tables).home;
    const count = PARTITIONS + 1;
    this.#lanes = Array.from({ length: count }, (_, lane) => {
      const laneEnv: ClientEnv = {
        process: env.process,
        node: env.node,
        nodes,
        monoMs: () => env.monoMs(),
        random: () => env.random(),
        send: (to, request) => env.send(to, { ...request, id: request.id * count + lane }),
        setTimer: (name, afterMs) => env.setTimer(name, afterMs),
        clearTimer: (name) => env.clearTimer(name),
        complete: (outcome) => env.complete(outcome),
      };
      return lane < PARTITIONS ? startLane(laneEnv) : new ReplicaReader(laneEnv);
    });
  }

  onInvoke(op: Invocation): void {
    this.#lane = this.#isEventual && isRead(op) && !op.final ? PARTITIONS : partitionOf(op.key ?? "");
    this.#lanes[this.#lane]?.onInvoke(op);
  }

  onReply(from: NodeId, id: number, reply: Reply): void {
    const count = this.#lanes.length;
    this.#lanes[id % count]?.onReply(from, Math.floor(id / count), reply);
  }

  onTimer(name: string): void {
    this.#lanes[this.#lane]?.onTimer(name);
  }
}

const startLane = (env: ClientEnv): Client =>
  startLeaderClient(env, { minSilenceMs: MIN_ELECTION_MS, maxSilenceMs: MAX_ELECTION_MS, readsFromHolder: true });

/** Eventually consistent reads: of a random replica, and of another one if that does not answer. */
class ReplicaReader implements Client {
  readonly #env: ClientEnv;
  #op: Invocation | undefined;
  #startedMs = 0;
  #target: NodeId | undefined;
  #id = 0;

  constructor(env: ClientEnv) {
    this.#env = env;
  }

  onInvoke(op: Invocation): void {
    this.#op = op;
    this.#startedMs = this.#env.monoMs();
    this.#ask(op);
  }

  onReply(_from: NodeId, id: number, { outcome }: Reply): void {
    if (this.#op === undefined || id !== this.#id) return;
    // A replica that is not there is as good as one that is silent.
    if (outcome.type !== "ok") return;
    this.#op = undefined;
    this.#env.clearTimer(RETRY_TIMER);
    this.#env.complete(outcome);
  }

  onTimer(): void {
    if (this.#op === undefined) return;
    if (this.#env.monoMs() - this.#startedMs < GIVE_UP_MS) {
      this.#ask(this.#op);
      return;
    }
    this.#op = undefined;
    this.#env.complete({ type: "fail", error: { name: "temporarily-unavailable", text: "no replica answered" } });
  }

  #ask(op: Invocation): void {
    const { nodes, node, random } = this.#env;
    const others = nodes.filter((one) => one !== this.#target);
    this.#target = others[Math.floor(random() * others.length)] ?? node;
    this.#id++;
    this.#env.send(this.#target, { id: this.#id, op, context: null });
    this.#env.setTimer(RETRY_TIMER, SILENCE_MS);
  }
}
