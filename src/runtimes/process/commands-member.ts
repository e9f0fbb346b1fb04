import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { WallClock } from "../shared/real/wall-clock.ts";
import { CommandNode, type CommandNodeOptions } from "./commands-node.ts";
import { Diary, type DiaryOptions } from "./diary.ts";
import { FaketimeFile, faketimeEnvironment } from "./faketime.ts";

export interface CommandMemberOptions
  extends DiaryOptions,
    Pick<CommandNodeOptions, "plan" | "startTimeoutMs" | "ready"> {
  readonly env: Readonly<Record<string, string>>;
}

/** A node with what belongs to it beside its process: its log, its data folder, its wall clock. */
export class CommandMember {
  readonly node: CommandNode;
  /** Absent where there is no means to bend it. */
  readonly clock: WallClock | undefined;
  readonly #diary: Diary;

  constructor(options: CommandMemberOptions) {
    const { id, plan, runDir, faketime } = options;
    const dataDir = join(runDir, "data", id);
    mkdirSync(dataDir, { recursive: true });
    this.#diary = new Diary(options);

    const env: Record<string, string> = {
      ...options.env,
      SPLITBRAIN_NODE: id,
      SPLITBRAIN_DATA: dataDir,
      ...plan.env,
    };
    if (faketime !== undefined) {
      mkdirSync(join(runDir, "clock"), { recursive: true });
      const file = new FaketimeFile(join(runDir, "clock", id));
      Object.assign(env, faketimeEnvironment(faketime, file.path));
      this.clock = new WallClock(file);
    }

    this.node = new CommandNode({
      ...options,
      env: (restarts) => ({ ...env, SPLITBRAIN_RESTARTS: String(restarts) }),
      ...this.#diary.events,
    });
  }

  /** Of the process that runs. */
  get pid(): number | undefined {
    return this.node.life.process?.pid;
  }

  async close(): Promise<void> {
    this.clock?.stop();
    await this.node.life.close();
    await this.#diary.close();
  }
}
