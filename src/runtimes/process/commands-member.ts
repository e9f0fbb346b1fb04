import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { NodeId } from "../../core/operation.ts";
import { type LogSource, NodeLog } from "../shared/real/node-log.ts";
import { WallClock } from "../shared/real/wall-clock.ts";
import { CommandNode, type CommandNodeOptions } from "./commands-node.ts";
import { FaketimeFile, faketimeEnvironment, removeFaketimeShares } from "./faketime.ts";

export interface CommandMemberOptions extends Pick<CommandNodeOptions, "id" | "plan" | "startTimeoutMs" | "ready"> {
  readonly runDir: string;
  /** The path of libfaketime, if clock faults are to be made with it. */
  readonly faketime: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  onLog(node: NodeId, line: string): void;
  onProcess(): void;
  onDown(node: NodeId): void;
  onFailure(node: NodeId, text: string): void;
}

/** A node with what belongs to it beside its process: its log, its data folder, its wall clock. */
export class CommandMember {
  readonly node: CommandNode;
  /** Absent where there is no means to bend it. */
  readonly clock: WallClock | undefined;
  readonly #log: NodeLog;
  pid: number | undefined;

  constructor(options: CommandMemberOptions) {
    const { id, plan, runDir, faketime } = options;
    const dataDir = join(runDir, "data", id);
    mkdirSync(dataDir, { recursive: true });
    this.#log = new NodeLog(join(runDir, "nodes", `${id}.log`));

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
      onLog: (source, line) => {
        this.#log.write(source, line);
        options.onLog(id, line);
      },
      onProcess: (pid) => {
        this.pid = pid;
        this.#note(pid === undefined ? "process ended" : `process ${pid} started`);
        options.onProcess();
      },
      onDown: (pid) => {
        if (faketime !== undefined) removeFaketimeShares(pid);
        options.onDown(id);
      },
      onFailure: (text) => {
        this.#note(text);
        options.onFailure(id, text);
      },
    });
  }

  async close(): Promise<void> {
    this.clock?.stop();
    await this.node.close();
    await this.#log.close();
  }

  /** Writes to the node's log what the harness has to say. */
  #note(text: string): void {
    for (const line of text.split("\n")) this.#log.write("harness" satisfies LogSource, line);
  }
}
