import { PassThrough } from "node:stream";
import type Dockerode from "dockerode";
import { LineSplitter } from "../shared/lines.ts";
import { within } from "../shared/real/time.ts";
import { AGENT } from "./agent.ts";
import { type Engine, EngineError, ifThere, textOf } from "./engine.ts";

export interface ToolsOptions {
  readonly engine: Engine;
  readonly image: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the container is made with beside that: its network, mounts, published ports. */
  readonly create: Omit<Dockerode.ContainerCreateOptions, "HostConfig">;
  readonly host: Dockerode.HostConfig;
}

/** A command that takes longer is stuck, milliseconds. */
const COMMAND_MS = 20_000;

/** A command that has been given to the shell, until it is answered. */
interface Waiting {
  readonly command: string;
  answered(answer: { code: number; output: string }): void;
}

/** A command in the tools that failed. */
export class ToolsError extends Error {
  override readonly name = "ToolsError";
}

/**
 * The tools beside a node: a small container that shares the node's network, and that alone has the right to break it.
 * So faults need nothing of the node's own image. Commands go to a shell in it, one after the other (see `agent.ts`).
 */
export class Tools {
  readonly container: Dockerode.Container;
  readonly #options: ToolsOptions;
  /** In the order in which they were given. */
  readonly #waiting = new Map<number, Waiting>();
  #input: NodeJS.ReadWriteStream | undefined;
  /** While the container is started again, commands wait. */
  #begun: Promise<void> = Promise.resolve();
  #nextId = 1;

  private constructor(container: Dockerode.Container, options: ToolsOptions) {
    this.container = container;
    this.#options = options;
  }

  static async start(options: ToolsOptions): Promise<Tools> {
    const { engine, image, name, labels, create, host } = options;
    const container = await engine.createContainer({
      ...create,
      name,
      Image: image,
      Labels: { ...labels },
      Entrypoint: ["bash", "-c", AGENT],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      HostConfig: { CapAdd: ["NET_ADMIN", "NET_RAW"], ...host },
    });
    const tools = new Tools(container, options);
    tools.#begun = tools.#begin();
    await tools.#begun;
    return tools;
  }

  /**
   * Starts again, to share the network that the node has got anew. Commands that the old shell took to its grave
   * unanswered are given to the new one, before any that come later.
   */
  async restart(): Promise<void> {
    const again = async (): Promise<void> => {
      this.#input?.end();
      await ifThere(this.container.stop({ t: 1 }));
      await this.#begin();
      for (const id of this.#waiting.keys()) this.#give(id);
    };
    this.#begun = again();
    await this.#begun;
  }

  /**
   * Runs a shell command of one line; resolves with what it printed, rejects with a `ToolsError` if it failed. It may run
   * twice if the tools are started again meanwhile, so it must do no harm the second time.
   */
  async run(command: string): Promise<string> {
    if (/\n/.test(command)) throw new RangeError(`a command must be of one line: ${command}`);
    await this.#begun;
    const id = this.#nextId++;
    const answer = new Promise<{ code: number; output: string }>((answered) =>
      this.#waiting.set(id, { command, answered }),
    );
    this.#give(id);
    const { code, output } = await within(answer, COMMAND_MS, { code: -1, output: "no answer" });
    this.#waiting.delete(id);
    if (code !== 0) throw new ToolsError(`${this.#options.name}: ${command} failed (${code}): ${output.trim()}`);
    return output;
  }

  /** Has the agent take back what it has done; the container stays until `remove`. */
  async end(): Promise<void> {
    this.#input?.end();
    await within(
      this.container.wait().catch(() => undefined),
      5_000,
      undefined,
    );
  }

  remove(): Promise<void> {
    return ifThere(this.container.remove({ force: true, v: true }));
  }

  async #begin(): Promise<void> {
    const { engine, name } = this.#options;
    try {
      const stream = await this.container.attach({
        stream: true,
        hijack: true,
        stdin: true,
        stdout: true,
        stderr: true,
      });
      const output = new PassThrough();
      const lines = new LineSplitter((line) => this.#answer(line));
      engine.modem.demuxStream(stream, output, new PassThrough().resume());
      output.setEncoding("utf8");
      output.on("data", (chunk: string) => lines.push(chunk));
      stream.on("error", () => undefined);
      this.#input = stream;
      await this.container.start();
    } catch (error) {
      throw new EngineError(`The tools container ${name} does not start: ${textOf(error)}.`);
    }
  }

  #give(id: number): void {
    this.#input?.write(`${id} ${this.#waiting.get(id)?.command}\n`);
  }

  #answer(line: string): void {
    const [id, code, output = ""] = line.split(" ");
    const answer = { code: Number(code), output: Buffer.from(output, "base64").toString("utf8") };
    this.#waiting.get(Number(id))?.answered(answer);
  }
}
