import { join } from "node:path";
import type { NodeId } from "../../core/operation.ts";
import { NodeLog } from "../shared/real/node-log.ts";
import { removeFaketimeShares } from "./faketime.ts";
import type { NodeEvents } from "./lifecycle.ts";

/** What a cluster hears of its members. */
export interface MemberEvents {
  onLog(node: NodeId, line: string): void;
  onProcess(): void;
  onDown(node: NodeId): void;
  onFailure(node: NodeId, text: string): void;
}

export interface DiaryOptions extends MemberEvents {
  readonly id: NodeId;
  readonly runDir: string;
  /** The path of libfaketime, if clock faults are to be made with it. */
  readonly faketime: string | undefined;
}

/** Keeps in a node's log what it says and suffers, and tells the cluster. */
export class Diary {
  readonly events: NodeEvents;
  readonly #log: NodeLog;

  constructor(options: DiaryOptions) {
    const { id, runDir, faketime } = options;
    this.#log = new NodeLog(join(runDir, "nodes", `${id}.log`));
    this.events = {
      onLog: (source, line) => {
        this.#log.write(source, line);
        options.onLog(id, line);
      },
      onProcess: (pid) => {
        this.note(pid === undefined ? "process ended" : `process ${pid} started`);
        options.onProcess();
      },
      onDown: (pid) => {
        if (faketime !== undefined) removeFaketimeShares(pid);
        options.onDown(id);
      },
      onFailure: (text) => {
        this.note(text);
        options.onFailure(id, text);
      },
    };
  }

  /** Writes what the harness has to say. */
  note(text: string): void {
    for (const line of text.split("\n")) this.#log.write("harness", line);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
