import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { startReplica } from "../raft/replica.ts";
import { settingsOf as raftSettings } from "../raft/settings.ts";
import { Group, type GroupMessage } from "../shared/group.ts";
import { GuardedResource, isOfResource } from "../shared/guarded-resource.ts";
import { machineFor, queueOf, sessionsIn } from "./machine.ts";
import { asCommand, ok, type ReplyContext, type Watch } from "./messages.ts";
import { SESSION_MS, type Settings, TICK_MS } from "./settings.ts";

const TICK_TIMER = "tick";
const GROUP = "locks";

/** How often a session had been renewed when this node looked, and how long ago that was first so. */
interface Age {
  readonly renewals: number;
  readonly sinceWallMs: number;
  ticks: number;
}

/** A node of the lock service: all commands go through the group's log. The last node has the resource, too. */
export class LockServiceReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #group: Group;
  readonly #resource: GuardedResource;
  readonly #ages = new Map<string, Age>();
  #watches: Request[] = [];

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#resource = new GuardedResource(env, {
      fenced: settings.resource === "fenced",
      tokensInMemory: settings.bug === "tokens-in-memory",
    });
    this.#group = new Group(env, {
      name: GROUP,
      members: env.nodes,
      start: (inner, makeStore) => startReplica(inner, raftSettings({}), makeStore),
      machine: machineFor(settings),
    });
    env.setTimer(TICK_TIMER, TICK_MS);
  }

  onMessage(from: NodeId, message: Message): void {
    this.#group.onMessage(from, message as GroupMessage);
    this.#notify();
  }

  onTimer(name: string): void {
    if (name === TICK_TIMER) {
      this.#tick();
      this.#env.setTimer(TICK_TIMER, TICK_MS);
    } else this.#group.onTimer(name);
    this.#notify();
  }

  onRequest(request: Request): void {
    const { f } = request.op;
    if (isOfResource(f)) this.#resource.onRequest(request);
    else if (f === "watch") this.#watches.push(request);
    else if (f === "renew" && this.#settings.bug === "renewals-unconfirmed" && this.#group.leads) this.#renew(request);
    else
      this.#group.propose(request.op, (outcome, leader) => {
        const context: ReplyContext = leader === undefined ? {} : { leader };
        this.#env.reply(request, { outcome, context });
      });
    this.#notify();
  }

  /**
   * Counts how long sessions have not been renewed. Only time in which this node ran counts, so that what came while it stood
   * still is heard first. Whoever leads may be wrong about that or about leading: the log has the last word.
   */
  #tick(): void {
    if (this.#settings.sessions === "everlasting") return;
    const sessions = sessionsIn(this.#group.contents);
    const names = new Set(sessions.map(([name]) => name));
    for (const name of [...this.#ages.keys()]) if (!names.has(name)) this.#ages.delete(name);
    for (const [session, { renewals }] of sessions) {
      const age = this.#ages.get(session);
      if (!this.#group.leads || age === undefined || age.renewals !== renewals)
        this.#ages.set(session, { renewals, sinceWallMs: this.#env.wallMs(), ticks: 0 });
      else if (this.#isOver(age)) {
        this.#group.propose({ f: "expire", input: { session, renewals } }, () => {});
        this.#ages.delete(session);
      }
    }
  }

  #isOver(age: Age): boolean {
    age.ticks++;
    if (this.#settings.bug === "wall-clock-expiry") return this.#env.wallMs() - age.sinceWallMs >= SESSION_MS;
    return age.ticks * TICK_MS >= SESSION_MS;
  }

  /** The defect: renews a session in this node's memory alone. */
  #renew(request: Request): void {
    const command = asCommand(request.op);
    const age = this.#ages.get(command.input.session);
    if (age) age.ticks = 0;
    this.#env.reply(request, { outcome: ok(null) });
  }

  /** Tells those whose predecessor is gone. */
  #notify(): void {
    if (this.#watches.length === 0) return;
    const gone = ({ op }: Request): boolean => {
      const { key, input } = op as unknown as Watch;
      return !queueOf(this.#group.contents, key).some(({ sequence }) => sequence === input.sequence);
    };
    for (const request of this.#watches) if (gone(request)) this.#env.reply(request, { outcome: ok(null) });
    this.#watches = this.#watches.filter((request) => !gone(request));
  }
}
