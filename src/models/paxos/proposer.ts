import type { NodeId } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";
import { ballotAbove } from "../shared/ballots.ts";
import type { Acceptor } from "./acceptor.ts";
import { type Accepted, isSame, nameOf, type Proposal } from "./messages.ts";
import { Quorum } from "./quorum.ts";
import { BALLOT_MS, MAX_DOUBLINGS, REST_MS, type Settings, WAIT_MS } from "./settings.ts";

/** A request that waits for its decree. A read proposes nothing. */
export interface Waiting {
  readonly request: Request;
  readonly proposal: Proposal | undefined;
  readonly untilMs: number;
  /** An acceptor may have accepted what it proposes. */
  proposed: boolean;
}

/** A ballot under way. */
interface Ballot {
  readonly number: number;
  /** The requests that were there when it began. */
  readonly before: readonly Waiting[];
  readonly promises: Quorum<Accepted | null>;
  readonly acceptances: Quorum<true>;
  /** What phase 2 is about, once that has begun. */
  proposal: Proposal | undefined;
}

/** What a proposer wants of its node. */
export interface ProposerOptions {
  readonly settings: Settings;
  readonly acceptor: Acceptor;
  /** A majority has accepted. */
  chosen(key: string, proposal: Proposal): void;
  /** At some moment since the request came nothing was chosen. */
  undecided(request: Request): void;
  /** Nobody knows yet what is chosen; `proposed` tells if it may be what this request proposes. */
  gaveUp(request: Request, proposed: boolean): void;
}

/** The name of a decree's timer. */
const PREFIX = "ballot ";

/**
 * The proposer of one decree on one node (Lamport, Paxos Made Simple, 2001, §2.2). All that is asked of the node meanwhile
 * waits for one ballot; who is overtaken by another proposer rests for a random time before trying a higher one (§2.4).
 */
export class Proposer {
  readonly #env: Env;
  readonly #key: string;
  readonly #options: ProposerOptions;
  #waiting: Waiting[] = [];
  #ballot: Ballot | undefined;
  /** The highest ballot heard of. */
  #highest = 0;
  #overtaken = 0;

  constructor(env: Env, key: string, options: ProposerOptions) {
    this.#env = env;
    this.#key = key;
    this.#options = options;
  }

  /** The decree that a timer is about; `undefined` if it is none of a proposer. */
  static keyOf(timer: string): string | undefined {
    return timer.startsWith(PREFIX) ? timer.slice(PREFIX.length) : undefined;
  }

  /** What waits, now that the decree is known; nothing does any more. */
  finish(): readonly Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#ballot = undefined;
    this.#env.clearTimer(this.#timer);
    return waiting;
  }

  add(request: Request, proposal: Proposal | undefined): void {
    const idle = this.#waiting.length === 0;
    this.#waiting.push({ request, proposal, untilMs: this.#env.monoMs() + WAIT_MS, proposed: false });
    if (idle) this.#begin();
  }

  /** The ballot has taken too long, or the rest is over; says if anything waits still. */
  onTimer(): boolean {
    this.#begin();
    return this.#waiting.length > 0;
  }

  onPromise(from: NodeId, number: number, accepted: Accepted | null): void {
    const ballot = this.#ballot;
    if (ballot?.number !== number || ballot.proposal !== undefined) return;
    if (ballot.promises.add(from, accepted)) this.#afterPhase1(ballot);
  }

  onAccepted(from: NodeId, number: number): void {
    const ballot = this.#ballot;
    if (ballot?.number !== number || ballot.proposal === undefined) return;
    if (ballot.acceptances.add(from, true)) this.#options.chosen(this.#key, ballot.proposal);
  }

  /** An acceptor has promised itself to a higher ballot: this one is abandoned (§2.2, end). */
  onRefused(number: number, promised: number): void {
    this.#highest = Math.max(this.#highest, promised);
    if (this.#ballot?.number !== number) return;
    this.#env.trace("overtaken", { decree: this.#key, ballot: number, by: promised });
    this.#ballot = undefined;
    const longestMs = REST_MS * 2 ** Math.min(this.#overtaken, MAX_DOUBLINGS);
    this.#overtaken++;
    this.#env.setTimer(this.#timer, 1 + this.#env.random() * longestMs);
  }

  get #timer(): string {
    return PREFIX + this.#key;
  }

  /** Phase 1a, if anything waits. */
  #begin(): void {
    this.#giveUpLate();
    if (this.#waiting.length === 0) {
      this.#ballot = undefined;
      return;
    }
    const { id, nodes, peers } = this.#env;
    const { settings, acceptor } = this.#options;
    const own = ballotAbove(Math.max(this.#highest, acceptor.promised(this.#key)), this.#env);
    const number = settings.bug === "ballots-not-unique" ? own - nodes.indexOf(id) : own;
    const counting = { nodes: nodes.length, bug: settings.bug };
    this.#ballot = {
      number,
      before: [...this.#waiting],
      promises: new Quorum(counting),
      acceptances: new Quorum(counting),
      proposal: undefined,
    };
    this.#env.setTimer(this.#timer, BALLOT_MS * (1 + this.#env.random()));
    for (const peer of peers) this.#env.send(peer, { type: "prepare", key: this.#key, ballot: number });
    // Its own promise is on disk before these messages leave: after a restart the ballot is not used again (§2.5).
    const accepted = acceptor.prepare(this.#key, number);
    if (accepted !== undefined) this.onPromise(id, number, accepted);
  }

  /** A majority has promised. */
  #afterPhase1(ballot: Ballot): void {
    const { bug } = this.#options.settings;
    const found = this.#accepted(ballot);
    const own = this.#waiting.find(({ proposal }) => proposal !== undefined)?.proposal;
    const proposal = bug === "accepted-value-ignored" ? (own ?? found?.proposal) : (found?.proposal ?? own);
    if (found !== undefined && proposal === found.proposal) {
      this.#env.trace("adopt", {
        decree: this.#key,
        ballot: ballot.number,
        value: nameOf(proposal),
        from: found.ballot,
      });
      if (bug === "read-without-phase-2" && own === undefined) {
        this.#options.chosen(this.#key, proposal);
        return;
      }
    }
    if (proposal === undefined) this.#undecided(ballot);
    else this.#phase2(ballot, proposal);
  }

  /** Of what the promises tell, the value that was accepted in the highest ballot (§2.1, P2c). */
  #accepted({ promises }: Ballot): Accepted | undefined {
    const found = promises.answers.filter((accepted) => accepted !== null);
    if (this.#options.settings.bug === "first-accepted-value") return found[0];
    return found.reduce<Accepted | undefined>(
      (best, one) => (best && best.ballot >= one.ballot ? best : one),
      undefined,
    );
  }

  /**
   * Only reads wait, and a majority had accepted nothing when it promised. Then nothing was chosen when the first of it did:
   * whatever is chosen by then has been accepted by a majority, of which one is in this one and would have told. That
   * moment lies after the call of each read that was there when the ballot began.
   */
  #undecided({ before }: Ballot): void {
    this.#ballot = undefined;
    this.#waiting = this.#waiting.filter((one) => !before.includes(one));
    for (const { request } of before) this.#options.undecided(request);
    this.#begin();
  }

  #phase2(ballot: Ballot, proposal: Proposal): void {
    const { id, peers } = this.#env;
    const { number } = ballot;
    ballot.proposal = proposal;
    for (const one of this.#waiting) if (one.proposal && isSame(one.proposal, proposal)) one.proposed = true;
    for (const peer of peers) this.#env.send(peer, { type: "accept", key: this.#key, ballot: number, proposal });
    if (this.#options.acceptor.accept(this.#key, number, proposal)) this.onAccepted(id, number);
    else this.onRefused(number, this.#options.acceptor.promised(this.#key));
  }

  #giveUpLate(): void {
    const nowMs = this.#env.monoMs();
    const late = this.#waiting.filter(({ untilMs }) => untilMs <= nowMs);
    if (late.length === 0) return;
    this.#waiting = this.#waiting.filter(({ untilMs }) => untilMs > nowMs);
    for (const { request, proposed } of late) this.#options.gaveUp(request, proposed);
  }
}
