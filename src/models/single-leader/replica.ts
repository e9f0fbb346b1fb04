import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { isRead } from "../shared/key-value.ts";
import type { RequestContext } from "./client.ts";
import { Candidacy, fencedSilenceMs, promise } from "./failover-fenced.ts";
import { naiveSilenceMs, promoteSelf, SURVEY_TIMER, Survey } from "./failover-naive.ts";
import { followAppend } from "./follower.ts";
import { FLUSH_TIMER, HEARTBEAT_TIMER, Leadership } from "./leader.ts";
import type { Append, Nominate, PeerMessage, Prepare, SurveyRequest } from "./messages.ts";
import { Node } from "./node.ts";
import { ownerOf } from "./quorums.ts";
import { READS_TIMER } from "./reads.ts";
import type { Settings } from "./settings.ts";
import { Streams } from "./streams.ts";

const SILENCE_TIMER = "silence";
/** The context of requests that come from another client than this model's. */
const FOREIGN: RequestContext = { read: "leader" };

/** A node of the replicated store: it leads, follows, or stands for election. */
export class SingleLeaderReplica implements Replica {
  readonly #node: Node;
  #leadership: Leadership | undefined;
  #candidacy: Candidacy | undefined;
  #survey: Survey | undefined;

  constructor(env: Env, settings: Settings) {
    this.#node = new Node(env, settings);
    // After a restart a leader without fencing takes up office again. Under fenced failover it may be that others have
    // promised themselves away meanwhile, so only a first start needs no election.
    const owner = ownerOf(this.#node.epoch, env.nodes);
    const appointed = settings.failover !== "fenced" || this.#node.fresh;
    if (owner !== env.id || !appointed) {
      this.#follow(appointed ? owner : undefined);
      return;
    }
    // An appointed leader begins an epoch with each life, so that followers hold to what its disk kept.
    if (settings.failover === "none" && !this.#node.fresh) promoteSelf(this.#node);
    this.#lead();
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as PeerMessage;
    switch (message.type) {
      case "append":
        this.#onAppend(from, message);
        break;
      case "ack":
        this.#leadership?.onAck(from, message);
        break;
      case "mismatch":
        this.#leadership?.onMismatch(from, message);
        break;
      case "stale":
        if (message.epoch > this.#node.epoch) this.#enter(message.epoch, undefined);
        break;
      case "prepare":
        this.#onPrepare(from, message);
        break;
      case "promise":
        this.#candidacy?.onPromise(from, message);
        this.#leadIfElected();
        break;
      case "survey":
        this.#onSurvey(from, message);
        break;
      case "standing":
        this.#survey?.onStanding(from, message);
        break;
      case "nominate":
        this.#onNominate(message);
        break;
    }
  }

  onTimer(name: string): void {
    switch (name) {
      case HEARTBEAT_TIMER:
        this.#leadership?.onHeartbeat();
        break;
      case SILENCE_TIMER:
        this.#onSilence();
        break;
      case SURVEY_TIMER:
        this.#onSurveyEnd();
        break;
      case READS_TIMER:
        this.#node.reads.onTimer();
        break;
      case FLUSH_TIMER:
        this.#leadership?.onFlush();
        break;
      default:
        if (Streams.owns(name)) this.#node.streams?.onTimer(name);
    }
  }

  onRequest(request: Request): void {
    const node = this.#node;
    const { op } = request;
    const { read, after } = (request.context ?? FOREIGN) as RequestContext;
    if (op.final) node.answer(request);
    else if (isRead(op) && read === "copy")
      node.reads.add(request, () => !node.recovering && (after === undefined || node.shows(after)));
    else if (this.#leadership === undefined) node.refuse(request);
    else if (isRead(op)) this.#leadership.onRead(request);
    else this.#leadership.onWrite(request);
  }

  #onAppend(from: NodeId, message: Append): void {
    const { epoch } = message;
    if (epoch > this.#node.epoch) this.#enter(epoch, from);
    else if (epoch < this.#node.epoch && !this.#ignoresFence()) {
      this.#node.send(from, { type: "stale", epoch: this.#node.epoch });
      return;
    } else this.#follow(from);
    followAppend(this.#node, from, message);
  }

  #onPrepare(from: NodeId, message: Prepare): void {
    const { epoch } = this.#node;
    if (message.epoch < epoch) this.#node.send(from, { type: "stale", epoch });
    if (message.epoch <= epoch) return;
    this.#enter(message.epoch, undefined);
    promise(this.#node, from, message);
  }

  /** A leader need not answer: whom its next message reaches will see that it lives. */
  #onSurvey(from: NodeId, { epoch }: SurveyRequest): void {
    const node = this.#node;
    if (epoch < node.epoch) node.send(from, { type: "stale", epoch: node.epoch });
    else if (this.#leadership === undefined) node.send(from, { type: "standing", epoch, log: node.log.shape() });
  }

  #onNominate({ epoch }: Nominate): void {
    if (epoch < this.#node.epoch || this.#leadership !== undefined) return;
    promoteSelf(this.#node, epoch);
    this.#lead();
  }

  /** Another node's epoch begins. */
  #enter(epoch: number, leader: NodeId | undefined): void {
    this.#node.enterEpoch(epoch);
    this.#follow(leader);
  }

  #lead(): void {
    this.#candidacy = undefined;
    this.#survey = undefined;
    this.#node.env.clearTimer(SILENCE_TIMER);
    this.#leadership = new Leadership(this.#node);
  }

  #follow(leader: NodeId | undefined): void {
    const { env, settings } = this.#node;
    this.#node.leader = leader;
    this.#leadership?.resign();
    this.#leadership = undefined;
    this.#candidacy = undefined;
    this.#survey = undefined;
    if (settings.failover === "naive") env.setTimer(SILENCE_TIMER, naiveSilenceMs(this.#node));
    if (settings.failover === "fenced") env.setTimer(SILENCE_TIMER, fencedSilenceMs(this.#node));
  }

  #onSilence(): void {
    this.#follow(undefined);
    if (this.#node.settings.failover === "naive") {
      this.#survey = new Survey(this.#node);
      return;
    }
    this.#candidacy = new Candidacy(this.#node);
    this.#leadIfElected();
  }

  /** Whoever has most is to lead. If it never does, silence will tell. */
  #onSurveyEnd(): void {
    const node = this.#node;
    const successor = this.#survey?.mostUpToDate();
    this.#survey = undefined;
    if (successor === undefined) return;
    if (successor !== node.env.id) {
      node.send(successor, { type: "nominate", epoch: node.epoch });
      return;
    }
    promoteSelf(node);
    this.#lead();
  }

  /** The bug `fencing-ignored`; a leader knows better. */
  #ignoresFence(): boolean {
    return this.#node.settings.bug === "fencing-ignored" && this.#leadership === undefined;
  }

  #leadIfElected(): void {
    if (!this.#candidacy?.won) return;
    this.#candidacy.adoptBestLog();
    this.#lead();
  }
}
