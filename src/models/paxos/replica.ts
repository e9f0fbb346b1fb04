import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import type { LeaderRequestContext } from "../shared/leader-client.ts";
import { Acceptor } from "./acceptor.ts";
import { Learner } from "./learner.ts";
import { isSame, nameOf, type PeerMessage, type Proposal } from "./messages.ts";
import { Proposer } from "./proposer.ts";
import { RESEND_MS, type Settings } from "./settings.ts";

const RESEND_TIMER = "resend";

/** A node: acceptor and learner of all decrees, and proposer of those that its clients ask about. */
export class PaxosReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #acceptor: Acceptor;
  readonly #learner: Learner;
  /** Those with something to do. */
  readonly #proposers = new Map<string, Proposer>();

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    env.trace("start", { nodes: env.nodes.length });
    this.#acceptor = new Acceptor(env, settings);
    this.#learner = new Learner(env);
    env.setTimer(RESEND_TIMER, RESEND_MS);
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as PeerMessage;
    switch (message.type) {
      case "prepare":
        this.#onPrepare(from, message);
        break;
      case "promise":
        this.#proposers.get(message.key)?.onPromise(from, message.ballot, message.accepted);
        this.#persist();
        break;
      case "accept":
        this.#onAccept(from, message);
        break;
      case "accepted":
        this.#proposers.get(message.key)?.onAccepted(from, message.ballot);
        break;
      case "refused":
        this.#proposers.get(message.key)?.onRefused(message.ballot, message.promised);
        break;
      case "learn":
        this.#onLearn(from, message);
        break;
      case "learned":
        this.#learner.onLearned(from, message);
        break;
    }
  }

  onTimer(name: string): void {
    const key = Proposer.keyOf(name);
    if (key === undefined) {
      this.#learner.tellMissing();
      this.#env.setTimer(RESEND_TIMER, RESEND_MS);
      return;
    }
    if (this.#proposers.get(key)?.onTimer()) this.#persist();
    else this.#proposers.delete(key);
  }

  onRequest(request: Request): void {
    const { f, key = "", input, final } = request.op;
    const chosen = this.#learner.chosen(key);
    if (f === "read" && (final || this.#settings.reads === "learned")) {
      this.#answer(request, { type: "ok", value: chosen?.value ?? null });
      return;
    }
    const proposal = f === "cas" ? proposalOf(request) : undefined;
    if (f !== "read" && proposal === undefined) {
      const text = `a decree takes one value and keeps it: there is no ${f} of ${JSON.stringify(input)}`;
      this.#answer(request, { type: "fail", error: { name: "not-supported", text } });
      return;
    }
    if (proposal) this.#env.trace("propose", { value: nameOf(proposal) });
    if (chosen) this.#answerChosen(request, proposal, chosen);
    else {
      this.#proposer(key).add(request, proposal);
      this.#persist();
    }
  }

  #onPrepare(from: NodeId, { key, ballot }: Extract<PeerMessage, { type: "prepare" }>): void {
    const accepted = this.#acceptor.prepare(key, ballot);
    if (accepted === undefined) this.#refuse(from, key, ballot);
    else {
      this.#persist();
      this.#send(from, { type: "promise", key, ballot, accepted });
    }
  }

  #onAccept(from: NodeId, { key, ballot, proposal }: Extract<PeerMessage, { type: "accept" }>): void {
    if (!this.#acceptor.accept(key, ballot, proposal)) this.#refuse(from, key, ballot);
    else {
      this.#persist();
      this.#send(from, { type: "accepted", key, ballot });
    }
  }

  #refuse(to: NodeId, key: string, ballot: number): void {
    this.#send(to, { type: "refused", key, ballot, promised: this.#acceptor.promised(key) });
  }

  #onLearn(from: NodeId, { after, decrees }: Extract<PeerMessage, { type: "learn" }>): void {
    for (const { key, proposal } of decrees) this.#learn(key, proposal);
    this.#persist();
    this.#send(from, { type: "learned", after, upTo: after + decrees.length });
  }

  /** Takes a value for chosen and answers who waits for that. */
  #learn(key: string, proposal: Proposal): boolean {
    const isNew = this.#learner.learn(key, proposal);
    const waiting = this.#proposers.get(key)?.finish() ?? [];
    this.#proposers.delete(key);
    for (const one of waiting) this.#answerChosen(one.request, one.proposal, this.#learner.chosen(key) ?? proposal);
    return isNew;
  }

  #proposer(key: string): Proposer {
    let proposer = this.#proposers.get(key);
    if (proposer === undefined) {
      proposer = new Proposer(this.#env, key, {
        settings: this.#settings,
        acceptor: this.#acceptor,
        chosen: (decree, proposal) => {
          if (this.#learn(decree, proposal)) this.#learner.tellNewest();
          this.#persist();
        },
        undecided: (request) => this.#answer(request, { type: "ok", value: null }),
        gaveUp: (request, proposed) => this.#giveUp(request, proposed),
      });
      this.#proposers.set(key, proposer);
    }
    return proposer;
  }

  #answerChosen(request: Request, own: Proposal | undefined, chosen: Proposal): void {
    if (own === undefined) this.#answer(request, { type: "ok", value: chosen.value });
    else if (isSame(own, chosen)) this.#answer(request, { type: "ok", value: null });
    else {
      const text = `${JSON.stringify(chosen.value)} was chosen`;
      this.#answer(request, { type: "fail", error: { name: "precondition-failed", text } });
    }
  }

  #giveUp(request: Request, proposed: boolean): void {
    const text = "no majority has answered";
    if (proposed) this.#answer(request, { type: "info", error: { name: "timeout", text } });
    else this.#answer(request, { type: "fail", error: { name: "temporarily-unavailable", text } });
  }

  #answer(request: Request, outcome: Outcome): void {
    this.#env.reply(request, { outcome });
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#env.send(to, message);
  }

  /** What was promised, accepted or learned is on disk before anybody hears of it (§2.5). */
  #persist(): void {
    if (this.#settings.bug !== "not-synced") this.#env.disk.sync();
  }
}

/** What a `cas [null, value]` proposes; `undefined` if it is no proposal. */
function proposalOf({ client, id, op, context }: Request): Proposal | undefined {
  if (!Array.isArray(op.input) || op.input.length !== 2) return undefined;
  const [from, value] = op.input;
  if (from !== null || value === null || value === undefined) return undefined;
  // A client that says nothing of retries makes none: its requests are numbered.
  const { seq = id } = (context ?? {}) as Partial<LeaderRequestContext>;
  return { client, seq, value };
}
