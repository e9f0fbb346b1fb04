import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { Election, FINALIZE_TIMER } from "./election.ts";
import { Follower } from "./follower.ts";
import { Leader } from "./leader.ts";
import type { Notification, ToFollower, ToLeader, ZabMessage } from "./messages.ts";
import { Node, traceOf } from "./node.ts";
import { Service } from "./service.ts";
import { BATCH, type Settings, TICK_MS } from "./settings.ts";

const TICK_TIMER = "tick";

/** A server: it looks for a leader, follows one, or leads. */
export class ZabReplica implements Replica {
  readonly #node: Node;
  readonly #service: Service;
  #role: Election | Follower | Leader;
  #round = 0;

  constructor(env: Env, settings: Settings) {
    this.#node = new Node(env, settings);
    this.#service = new Service(this.#node);
    const { history, accepted } = this.#node;
    const kept = history.after(Math.max(0, history.length - BATCH)).map(traceOf);
    env.trace("start", { accepted, kept });
    this.#role = this.#look();
    env.setTimer(TICK_TIMER, TICK_MS);
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as unknown as ZabMessage;
    const role = this.#role;
    if (message.type === "notification") this.#onNotification(from, message);
    else if (role instanceof Leader) role.onMessage(from, message as ToLeader);
    else if (role instanceof Follower) role.onMessage(from, message as ToFollower);
  }

  onTimer(name: string): void {
    if (name === FINALIZE_TIMER) {
      if (this.#role instanceof Election) this.#role.onFinalize();
    } else if (name === TICK_TIMER) {
      this.#node.env.setTimer(TICK_TIMER, TICK_MS);
      this.#role.onTick();
    } else this.#service.onTimer(name);
  }

  onRequest(request: Request): void {
    this.#service.onRequest(request);
  }

  /** Phase 0. Only in an election of its own, later than all that the server knows of. */
  #look(): Election {
    this.#round++;
    return new Election(this.#node, this.#round, (leader) => this.#decided(leader));
  }

  #decided(leader: NodeId): void {
    const node = this.#node;
    node.env.clearTimer(FINALIZE_TIMER);
    if (this.#role instanceof Election) this.#round = this.#role.round;
    const leave = (): void => this.#leave();
    this.#role =
      leader === node.env.id
        ? new Leader(node, this.#service, leave)
        : new Follower(node, this.#service, leader, leave);
  }

  #leave(): void {
    if (this.#role instanceof Leader && this.#role.established)
      this.#node.env.trace("follower", { term: this.#node.current });
    this.#service.disconnect();
    this.#role = this.#look();
  }

  #onNotification(from: NodeId, notification: Notification): void {
    const role = this.#role;
    if (role instanceof Election) role.onNotification(from, notification);
    else if (notification.state === "looking") {
      const { env, ownVote } = this.#node;
      const isLeader = role instanceof Leader;
      const vote = { ...ownVote, leader: isLeader ? env.id : role.leader };
      const state = isLeader ? "leading" : "following";
      this.#node.send(from, { type: "notification", round: this.#round, vote, state });
    }
  }
}
