import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { HybridClock } from "../shared/clocks/hybrid.ts";
import { nextLife } from "../shared/lives.ts";
import { Alarms } from "./alarms.ts";
import { Calls } from "./calls.ts";
import { type NodeMessage, newestOf, type RangeAnswer, type RangeRequest } from "./messages.ts";
import { type Intent, keyState } from "./mvcc.ts";
import { RangeReplica } from "./range.ts";
import { rangeIndexOf, rangesOf } from "./ranges.ts";
import { MAX_OFFSET_MS, type Settings } from "./settings.ts";
import { clearIntent, type Gateway, Transaction } from "./transaction.ts";

/** A node: gateway of its clients' transactions, and replica of the ranges of which it has a copy. */
export class CockroachReplica implements Replica {
  readonly #env: Env;
  readonly #clock: HybridClock;
  readonly #alarms: Alarms;
  readonly #ranges: readonly (RangeReplica | undefined)[];
  readonly #calls: Calls;
  readonly #gateway: Gateway;
  /** Intents that are being looked into. */
  readonly #clearing = new Set<string>();

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    // A name of an earlier life must not be given again.
    const life = nextLife(env.disk);
    const clock = new HybridClock(() => env.wallMs(), MAX_OFFSET_MS);
    const alarms = new Alarms(env);
    const ranges = rangesOf(env.nodes);
    this.#clock = clock;
    this.#alarms = alarms;
    const calls = new Calls(env, {
      life: `${env.id}.${life}`,
      ranges,
      alarms,
      tick: () => clock.tick(),
      ask: (range, request, answer) => this.#ask(range, request, answer),
    });
    this.#calls = calls;
    let names = 0;
    this.#gateway = { env, clock, alarms, calls, settings, newName: () => `${env.id}.${life}.${++names}` };
    const onStale = (key: string, intent: Intent): void => this.#clearStale(key, intent);
    this.#ranges = ranges.map((descriptor) =>
      descriptor.members.includes(env.id)
        ? new RangeReplica(env, { descriptor, clock, alarms, settings, onStale })
        : undefined,
    );
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as NodeMessage;
    if (message.type === "group") {
      const at = rangesOf(this.#env.nodes).findIndex(({ name }) => name === message.group);
      this.#ranges[at]?.onMessage(from, message);
      return;
    }
    this.#clock.receive(message.now);
    if (message.type === "answer") {
      this.#calls.onAnswer(from, message.id, message.answer);
      return;
    }
    const { id, range, request } = message;
    this.#ask(range, request, (answer) =>
      this.#env.send(from, { type: "answer", id, answer, now: this.#clock.tick() }),
    );
  }

  onTimer(name: string): void {
    if (Alarms.owns(name)) this.#alarms.onTimer(name);
    else this.#ranges.find((range) => range?.owns(name))?.onTimer(name);
  }

  onRequest(request: Request): void {
    const { op } = request;
    if (op.final) this.#answerOwnCopy(request, op.key ?? "");
    else new Transaction(this.#gateway, op, (outcome) => this.#env.reply(request, { outcome }));
  }

  #answerOwnCopy(request: Request, key: string): void {
    const copy = this.#ranges[rangeIndexOf(key)];
    if (copy === undefined) {
      const text = `${this.#env.id} has no copy of the range that ${key} is in`;
      this.#env.reply(request, { outcome: { type: "fail", error: { name: "not-supported", text } } });
      return;
    }
    const value: Json = newestOf(keyState(copy.contents, key).versions);
    this.#env.reply(request, { outcome: { type: "ok", value } });
  }

  #ask(range: number, request: RangeRequest, answer: (answer: RangeAnswer) => void): void {
    const replica = this.#ranges[range];
    if (replica === undefined) answer({ refused: true, leader: null });
    else replica.handle(request, answer);
  }

  #clearStale(key: string, intent: Intent): void {
    const name = `${key} ${intent.txn}`;
    if (this.#clearing.has(name)) return;
    this.#clearing.add(name);
    clearIntent(this.#gateway, key, intent, () => this.#clearing.delete(name));
  }
}
