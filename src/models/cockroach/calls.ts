import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import type { HybridStamp } from "../shared/clocks/hybrid.ts";
import type { Alarms } from "./alarms.ts";
import { isRefusal, type RangeAnswer, type RangeAnswers, type RangeRequest } from "./messages.ts";
import type { RangeDescriptor } from "./ranges.ts";
import { CALL_MS, REDIRECT_MS } from "./settings.ts";

/** Follows that many hints in a row before it rests. */
const MAX_HOPS = 2;

export interface CallsOptions {
  /** Unique among the lives of all nodes. */
  readonly life: string;
  readonly ranges: readonly RangeDescriptor[];
  readonly alarms: Alarms;
  readonly tick: () => HybridStamp;
  /** Asks this node's own replica of a range. */
  readonly ask: (range: number, request: RangeRequest, answer: (answer: RangeAnswer) => void) => void;
}

interface OpenCall {
  readonly range: number;
  readonly request: RangeRequest;
  readonly onAnswer: (answer: RangeAnswer) => void;
  hops: number;
  clear: () => void;
}

/** Calls from this node to the leaseholders of ranges, made again until they are answered or called off. */
export class Calls {
  readonly #env: Env;
  readonly #options: CallsOptions;
  readonly #open = new Map<string, OpenCall>();
  /** Who served each range last, as far as known. */
  readonly #holders: NodeId[];
  #last = 0;

  constructor(env: Env, options: CallsOptions) {
    this.#env = env;
    this.#options = options;
    this.#holders = options.ranges.map(({ members }) => (members.includes(env.id) ? env.id : (members[0] ?? env.id)));
  }

  /** Gives a way to call it off. */
  call<R extends RangeRequest>(
    range: number,
    request: R,
    onAnswer: (answer: RangeAnswers[R["f"]]) => void,
  ): () => void {
    const id = `${this.#options.life}.${++this.#last}`;
    const call: OpenCall = {
      range,
      request,
      // A range answers each request by its kind.
      onAnswer: (answer) => onAnswer(answer as RangeAnswers[R["f"]]),
      hops: 0,
      clear: () => undefined,
    };
    this.#open.set(id, call);
    this.#make(id, call);
    return () => this.#close(id);
  }

  onAnswer(from: NodeId, id: string, answer: RangeAnswer): void {
    const call = this.#open.get(id);
    if (call === undefined) return;
    if (!isRefusal(answer)) {
      this.#holders[call.range] = from;
      this.#close(id);
      call.onAnswer(answer);
      return;
    }
    // An answer of one who was asked long ago.
    if (from !== this.#holders[call.range]) return;
    const hint = answer.leader === from ? null : answer.leader;
    this.#holders[call.range] = hint ?? this.#after(call.range, from);
    call.clear();
    if (hint !== null && call.hops++ < MAX_HOPS) this.#make(id, call);
    else {
      call.hops = 0;
      this.#again(id, call, REDIRECT_MS * (0.5 + this.#env.random()));
    }
  }

  #close(id: string): void {
    this.#open.get(id)?.clear();
    this.#open.delete(id);
  }

  #make(id: string, call: OpenCall): void {
    const { range, request } = call;
    const to = this.#holders[range] ?? this.#env.id;
    this.#again(id, call, CALL_MS, () => {
      if (this.#holders[range] === to) this.#holders[range] = this.#after(range, to);
    });
    if (to !== this.#env.id) {
      this.#env.send(to, { type: "call", id, range, request, now: this.#options.tick() });
      return;
    }
    // Not within this call: the answer may come at once.
    this.#options.alarms.after(0, () => {
      if (this.#open.has(id)) this.#options.ask(range, request, (answer) => this.onAnswer(to, id, answer));
    });
  }

  #again(id: string, call: OpenCall, ms: number, before: () => void = () => undefined): void {
    call.clear = this.#options.alarms.after(ms, () => {
      before();
      this.#make(id, call);
    });
  }

  #after(range: number, node: NodeId): NodeId {
    const members = this.#options.ranges[range]?.members ?? [];
    return members[(members.indexOf(node) + 1) % members.length] ?? node;
  }
}
