import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { ballotAbove } from "../shared/ballots.ts";
import type { MakeStore } from "../shared/exactly-once.ts";
import { isRead } from "../shared/key-value.ts";
import type { LeaderRequestContext } from "../shared/leader-client.ts";
import { majorityOf } from "../shared/majority.ts";
import { Acceptor } from "./acceptor.ts";
import { Leadership } from "./leadership.ts";
import { Learner } from "./learner.ts";
import { Grant } from "./lease.ts";
import type { Accept, PeerMessage, PValue, Value } from "./messages.ts";
import { HEARTBEAT_MS, MAX_ELECTION_MS, MIN_ELECTION_MS, type Settings } from "./settings.ts";

const ELECTION = "election";
const HEARTBEAT = "heartbeat";

/** Phase 1 under way. */
interface Candidacy {
  readonly ballot: number;
  readonly promises: Map<NodeId, readonly PValue[]>;
}

/** A node: acceptor and learner of all slots, and leader when it is its turn (Lamport, Paxos Made Simple, 2001, §3). */
export class MultiPaxosReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #acceptor: Acceptor;
  readonly #learner: Learner;
  readonly #grant: Grant;
  #candidacy: Candidacy | undefined;
  #leading: Leadership | undefined;
  /** Who leads, as far as known. */
  #leader: NodeId | null = null;
  /** The highest ballot heard of in refusals. */
  #highest = 0;
  /** When this node wants to lead if it hears no leader before, monotonic milliseconds. */
  #electionDueMs = 0;

  /** Commands go to a key-value store if nothing else is given. */
  constructor(env: Env, settings: Settings, makeStore?: MakeStore) {
    this.#env = env;
    this.#settings = settings;
    this.#learner = new Learner(env, (_slot, value, outcome) => this.#leading?.onApplied(value, outcome), makeStore);
    env.trace("start", { nodes: env.nodes.length, upTo: this.#learner.upTo });
    this.#acceptor = new Acceptor(env, settings);
    this.#grant = new Grant(env, settings);
    this.#armElection();
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as PeerMessage;
    switch (message.type) {
      case "prepare":
        this.#onPrepare(from, message.ballot, message.from);
        break;
      case "promise":
        if (this.#candidacy?.ballot === message.ballot) this.#promised(this.#candidacy, from, message.accepted);
        break;
      case "accept":
        this.#onAccept(from, message);
        break;
      case "accepted":
        if (this.#leading?.ballot === message.ballot) this.#leading.onAccepted(from, message);
        break;
      case "refused":
        this.#highest = Math.max(this.#highest, message.promised);
        if ((this.#candidacy ?? this.#leading)?.ballot === message.ballot) this.#follow(null);
        break;
      case "learn":
        this.#onLearn(message.from, message.values);
        break;
    }
    this.#acceptor.flush();
  }

  onTimer(name: string): void {
    if (name === HEARTBEAT) this.#beat();
    else {
      const leftMs = this.#electionDueMs - this.#env.monoMs();
      // At least a millisecond, as a timer may fire a fraction early.
      if (leftMs > 0) this.#env.setTimer(ELECTION, Math.max(1, leftMs));
      else this.#stand();
    }
    this.#acceptor.flush();
  }

  onRequest(request: Request): void {
    const { op } = request;
    const read = isRead(op);
    if (op.final) this.#answerRead(request);
    else if (read && this.#settings.reads === "learned") {
      if (this.#covers(request)) this.#answerRead(request);
      else this.#refuse(request, "this copy is older than what the session has seen");
    } else if (!this.#leading)
      this.#refuse(request, this.#leader === null ? "no leader is known" : `${this.#leader} leads`);
    else if (read && this.#leading.mayAnswerReads()) this.#answerRead(request);
    else this.#leading.propose(request);
    this.#acceptor.flush();
  }

  /** Phase 1a, for all slots that are not known to be chosen here. */
  #stand(): void {
    const { id, peers } = this.#env;
    this.#armElection();
    if (this.#grant.forbids(id)) return;
    this.#leader = null;
    const ballot = ballotAbove(Math.max(this.#highest, this.#acceptor.promised), this.#env);
    const from = this.#learner.upTo + 1;
    this.#env.trace("candidate", { ballot });
    // Its own promise is on disk before these messages leave: after a restart the ballot is not used again (§2.5).
    const own = this.#acceptor.prepare(ballot, from);
    this.#candidacy = { ballot, promises: new Map() };
    for (const peer of peers) this.#send(peer, { type: "prepare", ballot, from });
    if (own) this.#promised(this.#candidacy, id, own);
  }

  #onPrepare(candidate: NodeId, ballot: number, from: number): void {
    if (this.#grant.forbids(candidate) || this.#leading?.lease.runs()) return;
    const isNew = ballot > this.#acceptor.promised;
    const accepted = this.#acceptor.prepare(ballot, from);
    if (accepted === undefined) this.#send(candidate, this.#refusal(ballot));
    else {
      if (isNew) this.#follow(null);
      this.#send(candidate, { type: "promise", ballot, accepted });
    }
  }

  #promised(candidacy: Candidacy, from: NodeId, accepted: readonly PValue[]): void {
    const { id, nodes } = this.#env;
    const { ballot, promises } = candidacy;
    promises.set(from, accepted);
    if (promises.size < majorityOf(nodes.length)) return;
    this.#candidacy = undefined;
    this.#leader = id;
    this.#env.clearTimer(ELECTION);
    this.#env.trace("leader", { term: ballot });
    const told = this.#settings.bug === "gaps-not-asked-for" ? [promises.get(id) ?? []] : [...promises.values()];
    this.#leading = new Leadership({
      env: this.#env,
      settings: this.#settings,
      acceptor: this.#acceptor,
      learner: this.#learner,
      ballot,
      accepted: told.flat(),
    });
    this.#beat();
  }

  #onAccept(from: NodeId, { ballot, entries, upTo, sentMs }: Accept): void {
    if (!this.#acceptor.accept(ballot, entries)) {
      this.#send(from, this.#refusal(ballot));
      return;
    }
    this.#follow(from);
    this.#grant.renew(from);
    this.#learnAccepted(ballot, upTo);
    this.#send(from, {
      type: "accepted",
      ballot,
      slots: entries.map(({ slot }) => slot),
      upTo: this.#learner.upTo,
      behind: this.#learner.upTo < upTo,
      ...(sentMs === undefined ? {} : { sentMs }),
    });
  }

  /**
   * What is chosen up to a slot, as the leader of a ballot says, is what was accepted in that ballot: it proposes one value
   * in a slot. What was accepted in an older one may be anything.
   */
  #learnAccepted(ballot: number, upTo: number): void {
    while (this.#learner.upTo < upTo) {
      let value = this.#acceptor.acceptedIn(ballot, this.#learner.upTo + 1);
      if (value === undefined && this.#settings.bug === "gap-skipped") value = null;
      if (value === undefined) return;
      this.#learner.learnNext(value);
    }
  }

  /** A leader learns from nobody: what was chosen before its ballot it has proposed again. */
  #onLearn(from: number, values: readonly Value[]): void {
    if (this.#leading || from > this.#learner.upTo + 1) return;
    for (const value of values.slice(this.#learner.upTo + 1 - from)) this.#learner.learnNext(value);
  }

  /** Leads no more, nor wants to for a while. */
  #follow(leader: NodeId | null): void {
    this.#leader = leader;
    this.#candidacy = undefined;
    if (!this.#leading) {
      this.#postponeElection();
      return;
    }
    this.#env.trace("follower", { term: this.#leading.ballot });
    this.#leading.end(leader);
    this.#leading = undefined;
    this.#env.clearTimer(HEARTBEAT);
    this.#armElection();
  }

  #beat(): void {
    this.#leading?.heartbeat();
    this.#env.setTimer(HEARTBEAT, HEARTBEAT_MS);
  }

  #postponeElection(): void {
    this.#electionDueMs =
      this.#env.monoMs() + MIN_ELECTION_MS + this.#env.random() * (MAX_ELECTION_MS - MIN_ELECTION_MS);
  }

  #armElection(): void {
    this.#postponeElection();
    this.#env.setTimer(ELECTION, this.#electionDueMs - this.#env.monoMs());
  }

  /** True if this copy shows all that the session has seen (the read set of Terry et al. 1994, as a slot of the log). */
  #covers(request: Request): boolean {
    const { seen = 0 } = (request.context ?? {}) as Partial<LeaderRequestContext>;
    return this.#learner.upTo >= seen;
  }

  #answerRead(request: Request): void {
    const value = this.#learner.read(request.op.key);
    this.#env.reply(request, { outcome: { type: "ok", value }, context: { index: this.#learner.upTo } });
  }

  /** Refuses a request, which has no effect then, and says who leads. */
  #refuse(request: Request, text: string): void {
    this.#env.reply(request, {
      outcome: { type: "fail", error: { name: "temporarily-unavailable", text } },
      context: { leader: this.#leader },
    });
  }

  #refusal(ballot: number): PeerMessage {
    return { type: "refused", ballot, promised: this.#acceptor.promised };
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#env.send(to, message);
  }
}
