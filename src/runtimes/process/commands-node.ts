import { describeError } from "../../core/client-error.ts";
import type { NodeId } from "../../core/operation.ts";
import type { CommandPlan } from "../../core/system.ts";
import { ask } from "../shared/real/ask.ts";
import type { LogSource } from "../shared/real/node-log.ts";
import { within } from "../shared/real/time.ts";
import { commandFailure } from "./commands-failure.ts";
import { Lifecycle, type NodeEvents } from "./lifecycle.ts";
import { excerpt } from "./start-failure.ts";

export interface CommandNodeOptions extends NodeEvents {
  readonly id: NodeId;
  readonly plan: CommandPlan;
  /** How long it may take to become ready, at each start. */
  readonly startTimeoutMs: number;
  /** The environment of incarnation number `restarts`, counted from 0. */
  env(restarts: number): Record<string, string>;
  /** True once it serves clients. May throw while it does not. */
  ready(signal: AbortSignal): Promise<boolean>;
}

const POLL_MS = 50;
/** A question whether it is ready that takes longer is asked anew. */
const READY_MS = 2_000;
const LAST_LINES = 10;

/**
 * One node that is somebody's program, through all its incarnations: nothing is said to it, and that it is up is learnt
 * by asking it like a client.
 */
export class CommandNode {
  readonly life: Lifecycle;
  readonly #options: CommandNodeOptions;
  #lines: string[] = [];

  constructor(options: CommandNodeOptions) {
    this.#options = options;
    this.life = new Lifecycle({
      events: options,
      boot: (restarts) => this.#boot(restarts),
      lastWords: () => (this.#lines.length === 0 ? "" : ` Its last lines: ${this.#lines.join(" | ")}`),
      explain: describeError,
    });
  }

  async #boot(restarts: number): Promise<void> {
    const { id: node, plan, startTimeoutMs: timeoutMs, env } = this.#options;
    this.#lines = [];
    const { started, exited } = this.life.spawn({
      cwd: plan.cwd,
      command: plan.command,
      env: env(restarts),
      onStdout: (line) => this.#hear("stdout", line),
      onStderr: (line) => this.#hear("stderr", line),
    });

    const asking = new AbortController();
    const asked = this.#untilReady(asking.signal);
    const first = await within(Promise.race([asked.done, exited]), timeoutMs, "late" as const);
    asking.abort();
    if (first === "ready" && this.life.process === started) {
      this.life.ready();
      return;
    }

    started.signal("SIGKILL");
    const exit = await exited;
    const why = asked.why();
    throw commandFailure({
      node,
      plan,
      timeoutMs,
      lines: this.#lines,
      ...(first === "late" ? {} : { exit }),
      ...(why === undefined ? {} : { why }),
    });
  }

  #untilReady(stop: AbortSignal): { readonly done: Promise<"ready">; why(): string | undefined } {
    let why: string | undefined;
    const poll = async (): Promise<"ready"> => {
      for (;;) {
        try {
          if (await ask((signal) => this.#options.ready(signal), READY_MS, stop)) return "ready";
          why = undefined;
        } catch (error) {
          if (stop.aborted) return new Promise(() => undefined);
          why = describeError(error);
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    };
    return { done: poll(), why: () => why };
  }

  #hear(source: LogSource, line: string): void {
    this.#lines = [...this.#lines, excerpt(line)].slice(-LAST_LINES);
    this.#options.onLog(source, line);
  }
}
