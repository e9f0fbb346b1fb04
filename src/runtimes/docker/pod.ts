import { type Duplex, PassThrough } from "node:stream";
import type Dockerode from "dockerode";
import type { NodeId } from "../../core/operation.ts";
import { LineSplitter } from "../shared/lines.ts";
import { type LogSource, NodeLog } from "../shared/real/node-log.ts";
import { MARKS } from "./agent.ts";
import { type Engine, EngineError, ifThere, textOf } from "./engine.ts";
import type { Tools } from "./tools.ts";

/** One of a node's containers. */
export interface Member {
  /** What it is: `node`, `redis`, `sentinel`. */
  readonly role: string;
  readonly container: Dockerode.Container;
}

export interface PodOptions {
  readonly engine: Engine;
  readonly id: NodeId;
  readonly members: readonly Member[];
  readonly tools: Tools;
  /** Takes what the containers print. */
  readonly logFile: string;
  /** False for containers that were there before the run: they share their network with the tools, not the other way. */
  readonly ours: boolean;
  onLog(node: NodeId, line: string): void;
  /** All containers run. Resolves when the node serves, rejects if it does not. */
  ready(): Promise<void>;
  /** The node has a new network, and the tools share it. */
  onNewNetwork(): Promise<void>;
  /** It died by itself, or could not be started again. */
  onFailure(text: string): void;
}

type End = () => Promise<void>;

/** Exit code of a process that SIGKILL has ended. */
export const KILLED_CODE = 128 + 9;
const LAST_LINES = 5;

/**
 * A node of the cluster: a machine with one or several containers on one address, and the tools beside them. Faults state
 * what they want (so many kills and pauses in force); one step after the other brings the containers there.
 */
export class Pod {
  readonly id: NodeId;
  readonly tools: Tools;
  readonly members: readonly Member[];
  readonly #options: PodOptions;
  readonly #log: NodeLog;
  #kills = 0;
  #pauses = 0;
  /** The containers run and are meant to. */
  #up = false;
  #frozen = false;
  #closed = false;
  #work: Promise<unknown> = Promise.resolve();
  #lastLines: string[] = [];
  /** Ends the streams of what the containers print. */
  readonly #unfollow: (() => void)[] = [];

  constructor(options: PodOptions) {
    this.#options = options;
    this.id = options.id;
    this.tools = options.tools;
    this.members = options.members;
    this.#log = new NodeLog(options.logFile);
    this.#up = !options.ours;
  }

  /** True if it has a network: that of a container which is not ours dies with it. */
  get connected(): boolean {
    return this.#options.ours || this.#up;
  }

  /** True while nothing keeps it from working. */
  get runs(): boolean {
    return this.#up && !this.#frozen;
  }

  /** The first start of containers that are ours. */
  start(): Promise<void> {
    return this.#enqueue(() => this.#boot());
  }

  /** Follows what containers print that run already. */
  async watch(): Promise<void> {
    await Promise.all(this.members.map((member) => this.#follow(member, false)));
  }

  /** Kills it; resolves with the way back once it is dead. */
  async kill(): Promise<End> {
    this.#kills++;
    if (!this.#options.ours) await this.#mark("killed");
    await this.#settle();
    return async () => {
      this.#kills--;
      await this.#settle();
    };
  }

  /** Freezes it where it is (cgroup freezer); resolves with the way back. */
  async pause(): Promise<End> {
    this.#pauses++;
    if (!this.#options.ours) await this.#mark("paused");
    await this.#settle();
    return async () => {
      this.#pauses--;
      await this.#settle();
    };
  }

  /** Starts what has died meanwhile, if nothing keeps it dead. */
  async revive(): Promise<void> {
    await this.#enqueue(async () => {
      const dead = this.#kills === 0 && !(await this.#allRun());
      if (dead) this.#up = false;
    });
    await this.#settle();
  }

  /** How its containers are, in words, as the engine tells: "exited with code 137", "paused". */
  async state(): Promise<string> {
    const states = await Promise.all(this.members.map(({ container }) => container.inspect()));
    return [
      ...new Set(
        states.map(({ State: { Paused, Running, ExitCode } }) =>
          Paused ? "paused" : Running ? "running" : `exited with code ${ExitCode}`,
        ),
      ),
    ].join(" and ");
  }

  /** Processor time that its containers have used, nanoseconds. */
  async usedNs(): Promise<number> {
    const query = { stream: false, "one-shot": true } as unknown as { stream: false };
    const all = await Promise.all(this.members.map(({ container }) => container.stats(query)));
    return all.reduce((sum, { cpu_stats: { cpu_usage } }) => sum + (cpu_usage?.total_usage ?? 0), 0);
  }

  /** The engine says that a container has ended. */
  onEnd(container: string, exitCode: number): void {
    const member = this.members.find((one) => one.container.id === container);
    if (!member) return;
    const wanted = this.#kills > 0 || this.#closed || !this.#up;
    this.note(`${member.role} ended with code ${exitCode}`);
    if (wanted) return;
    this.#options.onFailure(`${member.role} exited by itself with code ${exitCode}.${this.#lastWords()}`);
  }

  /** Writes to the node's log what the harness has to say. */
  note(text: string): void {
    for (const line of text.split("\n")) this.#log.write("harness", line);
  }

  /** Ends all faults on it and, if it is ours, the node itself. Never rejects on what is gone already. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#kills = 0;
    this.#pauses = 0;
    await this.#work.catch(() => undefined);
    if (this.#options.ours) await Promise.all(this.members.map(({ container }) => removed(container)));
    else await this.#reconcile().catch((error) => this.note(`could not be healed: ${textOf(error)}`));
    if (!this.#options.ours) await this.tools.end();
    await this.tools.remove();
    for (const end of this.#unfollow) end();
    await this.#log.close();
  }

  #settle(): Promise<void> {
    return this.#enqueue(() => this.#reconcile());
  }

  #enqueue<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#work.then(step);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #reconcile(): Promise<void> {
    if (this.#kills > 0) {
      if (!this.#up) return;
      this.#up = false;
      this.#frozen = false;
      await Promise.all(this.members.map(({ container }) => ifThere(container.kill({ signal: "SIGKILL" }))));
      await Promise.all(this.members.map(({ container }) => container.wait()));
      return;
    }
    if (!this.#up) {
      if (this.#closed && this.#options.ours) return;
      try {
        await this.#boot();
      } catch (error) {
        this.#options.onFailure(`could not be started again: ${textOf(error)}`);
        return;
      }
    }
    const freeze = this.#pauses > 0;
    if (freeze !== this.#frozen) {
      this.#frozen = freeze;
      await Promise.all(this.members.map(({ container }) => ifThere(freeze ? frozen(container) : container.unpause())));
    }
    if (!this.#options.ours) await this.#unmark();
  }

  async #boot(): Promise<void> {
    const { ours, ready, onNewNetwork } = this.#options;
    this.#lastLines = [];
    for (const member of this.members) {
      if (ours) await this.#follow(member, true);
      try {
        await ifThere(member.container.start());
      } catch (error) {
        throw new EngineError(`${this.id}: ${member.role} cannot be started: ${textOf(error)}.`);
      }
      if (!ours) await this.#follow(member, false);
    }
    this.#up = true;
    this.note("started");
    if (!ours) {
      await this.tools.restart();
      await onNewNetwork();
    }
    const stop = new AbortController();
    try {
      await Promise.race([ready(), this.#firstDeath(stop.signal)]);
    } finally {
      // Else the question stays open for as long as the container lives, and with it this process.
      stop.abort();
    }
  }

  /** Rejects when one of the containers ends before the node is ready. */
  async #firstDeath(signal: AbortSignal): Promise<never> {
    const { role, code } = await Promise.race(
      this.members.map(async ({ role, container }) => {
        const { StatusCode: code } = (await container.wait({ abortSignal: signal })) as { StatusCode: number };
        return { role, code };
      }),
    );
    throw new EngineError(`${this.id}: ${role} exited with code ${code} before it was ready.${this.#lastWords()}`);
  }

  #lastWords(): string {
    return this.#lastLines.length === 0 ? "" : ` Its last lines: ${this.#lastLines.join(" | ")}`;
  }

  async #allRun(): Promise<boolean> {
    const states = await Promise.all(this.members.map(({ container }) => container.inspect()));
    return states.every(({ State }) => State.Running);
  }

  /** Passes on what a container prints: all of it, if it has not started yet, else from now on. */
  async #follow({ role, container }: Member, fromStart: boolean): Promise<void> {
    const { engine, id, onLog } = this.#options;
    const { Config } = await container.inspect();
    const stream = fromStart
      ? await container.attach({ stream: true, stdout: true, stderr: true })
      : await container.logs({ follow: true, stdout: true, stderr: true, tail: 0 });
    const prefix = this.members.length > 1 ? `[${role}] ` : "";
    const into = (source: LogSource): PassThrough => {
      const lines = new LineSplitter((line) => {
        this.#lastLines = [...this.#lastLines, line.slice(0, 300)].slice(-LAST_LINES);
        this.#log.write(source, prefix + line);
        onLog(id, line);
      });
      const sink = new PassThrough();
      sink.setEncoding("utf8");
      sink.on("data", (chunk: string) => lines.push(chunk));
      return sink;
    };
    stream.on("error", () => undefined);
    this.#unfollow.push(() => (stream as Partial<Duplex>).destroy?.());
    if (Config.Tty) stream.pipe(into("stdout"));
    else engine.modem.demuxStream(stream, into("stdout"), into("stderr"));
  }

  /** Leaves word for whoever cleans up behind a harness that was killed: this container is as it is because of us. */
  async #mark(what: string): Promise<void> {
    await this.tools.run(`touch ${MARKS}/${what}`);
  }

  async #unmark(): Promise<void> {
    const over = [...(this.#kills === 0 ? ["killed"] : []), ...(this.#pauses === 0 ? ["paused"] : [])];
    if (over.length > 0) await this.tools.run(`cd ${MARKS} && rm -f ${over.join(" ")}`).catch(() => undefined);
  }
}

/** How often a container is frozen anew that could not be, and how long it has between two attempts. */
const FREEZES = 10;
const THAW_MS = 100;

/** Freezes a container. On a busy machine processes that start while it is frozen can slip through, and runc gives up. */
async function frozen(container: Dockerode.Container): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await container.pause();
      return;
    } catch (error) {
      if (attempt === FREEZES || !/unable to freeze/.test(textOf(error))) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, THAW_MS));
  }
}

async function removed(container: Dockerode.Container): Promise<void> {
  try {
    await ifThere(container.remove({ force: true, v: true }));
  } catch (error) {
    throw new EngineError(`A container of the run cannot be removed: ${textOf(error)}.`);
  }
}
