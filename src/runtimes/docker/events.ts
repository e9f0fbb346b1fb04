import { LineSplitter } from "../shared/lines.ts";
import { type Engine, EngineError, textOf } from "./engine.ts";

/** What the engine tells of containers while a run goes on. */
export class EngineEvents {
  onEnd: (container: string, exitCode: number) => void = () => undefined;
  onOutOfMemory: (container: string) => void = () => undefined;
  /** The engine tells no more, without having been asked to stop. */
  onLost: (reason: string) => void = () => undefined;
  readonly #stream: NodeJS.ReadableStream & { destroy?(): void };
  #closed = false;

  private constructor(stream: NodeJS.ReadableStream) {
    this.#stream = stream;
    const lines = new LineSplitter((line) => this.#read(line));
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => lines.push(chunk));
    stream.on("error", (error) => this.#lost(textOf(error)));
    stream.on("close", () => this.#lost("it closed the connection"));
    stream.on("end", () => this.#lost("it closed the connection"));
  }

  /** Listens to what happens to containers with these labels, or of these ids. */
  static async listen(
    engine: Engine,
    of: { readonly label?: readonly string[]; readonly container?: readonly string[] },
  ): Promise<EngineEvents> {
    try {
      const filters = { type: ["container"], event: ["die", "oom"], ...of };
      return new EngineEvents(await engine.getEvents({ filters: JSON.stringify(filters) }));
    } catch (error) {
      throw new EngineError(`The Docker engine does not tell what happens to containers: ${textOf(error)}.`);
    }
  }

  close(): void {
    this.#closed = true;
    this.#stream.destroy?.();
  }

  #read(line: string): void {
    if (line.trim() === "") return;
    const { Action, Actor } = JSON.parse(line) as {
      Action: string;
      Actor: { ID: string; Attributes: Record<string, string> };
    };
    if (Action === "oom") this.onOutOfMemory(Actor.ID);
    else this.onEnd(Actor.ID, Number(Actor.Attributes.exitCode));
  }

  #lost(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onLost(reason);
  }
}
