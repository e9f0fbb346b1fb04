import type { Json } from "../../core/json.ts";
import type { Env } from "../../core/replica.ts";
import { LamportClock, type LamportStamp } from "../shared/clocks/lamport.ts";
import { type CrdtObject, coversObject, joinObjects, type Objects } from "./objects.ts";
import { LOG_LENGTH } from "./settings.ts";
import { dataType } from "./types/index.ts";

/** What was joined in one go, and how manieth that was. */
export type Delta = { readonly number: number; readonly objects: Objects };

type StoreEnv = Pick<Env, "id" | "disk" | "trace">;

const LOG = "deltas";
const SNAPSHOT = "snapshot";

/**
 * A node's objects. On disk they are a snapshot and the deltas that were joined since, one record for each, so that a crash
 * keeps all of a delta or nothing; to join one again that the snapshot has does no harm. Nothing here syncs.
 */
export class Store {
  readonly #env: StoreEnv;
  readonly #objects = new Map<string, CrdtObject>();
  readonly #clock: LamportClock;
  #number = 0;

  constructor(env: StoreEnv) {
    this.#env = env;
    this.#clock = new LamportClock(env.id);
    const snapshot = env.disk.read(SNAPSHOT);
    if (snapshot !== undefined) this.#restore(snapshot);
    for (const record of env.disk.records(LOG)) this.#restore(record);
    this.#tell([...this.#objects.keys()]);
  }

  /** How many deltas were joined so far. Goes on after a crash. */
  get number(): number {
    return this.#number;
  }

  object(key: string): CrdtObject | undefined {
    return this.#objects.get(key);
  }

  all(): Objects {
    return [...this.#objects];
  }

  /** A stamp for a change of this node, later than all stamps here. */
  stamp(): LamportStamp {
    return this.#clock.tick();
  }

  /** Joins what is new of this; gives that as a delta, or `undefined` if nothing is. */
  join(objects: Objects): Delta | undefined {
    const fresh = objects.filter(([key, object]) => !coversObject(this.#objects.get(key), object));
    if (fresh.length === 0) return undefined;
    const delta: Delta = { number: this.#number + 1, objects: fresh };
    this.#put(delta);
    this.#env.disk.append(LOG, delta);
    if (this.#env.disk.records(LOG).length > LOG_LENGTH) this.#compact();
    this.#tell(fresh.map(([key]) => key));
    return delta;
  }

  #tell(keys: readonly string[]): void {
    for (const key of keys) {
      const object = this.#objects.get(key);
      if (object !== undefined) this.#env.trace("state", { key, object });
    }
  }

  #compact(): void {
    const { disk } = this.#env;
    const snapshot: Delta = { number: this.#number, objects: this.all() };
    disk.write(SNAPSHOT, snapshot);
    disk.truncate(LOG, 0);
  }

  #restore(record: Json): void {
    this.#put(record as Delta);
  }

  #put({ number, objects }: Delta): void {
    this.#number = Math.max(this.#number, number);
    for (const [key, object] of objects) {
      const joined = joinObjects(this.#objects.get(key), object);
      this.#objects.set(key, joined);
      const stamp = dataType(joined.type).stamp?.(joined.state);
      if (stamp !== undefined) this.#clock.receive(stamp);
    }
  }
}
