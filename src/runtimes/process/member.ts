import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Message } from "../../core/replica.ts";
import { type Hands, type Skew, WallClock } from "../shared/real/wall-clock.ts";
import { Diary, type DiaryOptions } from "./diary.ts";
import { FaketimeFile, faketimeEnvironment } from "./faketime.ts";
import { Node, type NodeOptions } from "./node.ts";

export interface MemberOptions
  extends DiaryOptions,
    Pick<NodeOptions, "nodes" | "command" | "startTimeoutMs" | "onMessage"> {
  /** The node understands control messages. */
  readonly bundled: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** A node with what belongs to it beside its process: its log, its data folder, its wall clock, its disk's slowness. */
export class Member {
  readonly node: Node;
  /** Absent where there is no means to bend it. */
  readonly clock: WallClock | undefined;
  readonly diary: Diary;
  readonly #bundled: boolean;
  #stallMs = 0;

  constructor(options: MemberOptions) {
    const { id, runDir, bundled, faketime } = options;
    const dataDir = join(runDir, "data", id);
    mkdirSync(dataDir, { recursive: true });
    this.diary = new Diary(options);
    this.#bundled = bundled;

    const env: Record<string, string> = { ...options.env, SPLITBRAIN_DATA: dataDir };
    let hands: Hands | undefined;
    if (faketime !== undefined) {
      mkdirSync(join(runDir, "clock"), { recursive: true });
      const file = new FaketimeFile(join(runDir, "clock", id));
      Object.assign(env, faketimeEnvironment(faketime, file.path));
      hands = file;
    } else if (bundled) {
      hands = { set: (skew) => this.node.control(clockControl(skew)) };
    }
    this.clock = hands && new WallClock(hands);

    this.node = new Node({
      ...options,
      env: (restarts) => ({ ...env, SPLITBRAIN_RESTARTS: String(restarts) }),
      controls: () => this.#controls(hands),
      ...this.diary.events,
    });
  }

  /** Of the process that runs. */
  get pid(): number | undefined {
    return this.node.life.process?.pid;
  }

  /** Makes every sync take longer; resolves with the end of it once the node knows. */
  async stall(stallMs: number): Promise<() => Promise<void>> {
    const add = (ms: number): Promise<void> => {
      this.#stallMs += ms;
      return this.node.control(diskControl(this.#stallMs));
    };
    await add(stallMs);
    return () => add(-stallMs);
  }

  async close(): Promise<void> {
    this.clock?.stop();
    await this.node.life.close();
    await this.diary.close();
  }

  #controls(hands: Hands | undefined): Message[] {
    if (!this.#bundled) return [];
    const skew = this.clock && !(hands instanceof FaketimeFile) ? [clockControl(this.clock.now())] : [];
    return [...skew, diskControl(this.#stallMs)];
  }
}

const clockControl = ({ offsetMs, rate }: Skew): Message => ({ type: "clock", offset_ms: offsetMs, rate });
const diskControl = (stallMs: number): Message => ({ type: "disk", stall_ms: Math.max(0, stallMs) });
