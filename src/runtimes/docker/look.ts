import { PassThrough } from "node:stream";
import { EngineError } from "./engine.ts";
import { labelsOf } from "./labels.ts";
import type { Pod } from "./pod.ts";
import type { DockerRun } from "./start.ts";

/**
 * The clock of a node that cannot be asked for it over its own protocol: of the first of its containers, by its `date`.
 * That program sees what the service sees if libfaketime is in the service, too, which its memory map tells; a program
 * that is linked statically never has it there. The map is read from a container beside it, since images need not have
 * the means.
 */
export async function askDate(docker: DockerRun, { id, members }: Pod): Promise<number> {
  const [first] = members;
  if (!first) throw new EngineError(`${id} has no container`);
  await hasLibrary(docker, id, first.container.id);
  const { code, output } = await execute(docker, first.container.id, ["date", "+%s.%N"]);
  const ms = Number(output) * 1000;
  if (code !== 0 || !Number.isFinite(ms)) throw new EngineError(`its image has no program "date" (${output})`);
  return ms;
}

/** Containers that are known to have it. */
const known = new Map<string, Promise<void>>();

function hasLibrary(docker: DockerRun, id: string, container: string): Promise<void> {
  let answer = known.get(container);
  if (!answer) {
    answer = readMaps(docker, id, container);
    known.set(container, answer);
  }
  return answer;
}

async function readMaps({ engine, identity, toolsImage }: DockerRun, id: string, container: string): Promise<void> {
  const prober = await engine.createContainer({
    Image: toolsImage,
    Entrypoint: ["sh", "-c", "grep -qs libfaketime /proc/[0-9]*/maps"],
    Labels: labelsOf(identity, "tools", id),
    HostConfig: { PidMode: `container:${container}`, CapAdd: ["SYS_PTRACE"], NetworkMode: "none" },
  });
  await prober.start();
  const { StatusCode: code } = (await prober.wait()) as { StatusCode: number };
  await prober.remove({ force: true });
  if (code !== 0)
    throw new EngineError("its service has not loaded libfaketime: it is linked statically, or against another libc");
}

async function execute(
  { engine }: DockerRun,
  container: string,
  command: readonly string[],
): Promise<{ code: number; output: string }> {
  const exec = await engine.getContainer(container).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true, stdin: false });
  const sink = new PassThrough();
  const chunks: Buffer[] = [];
  sink.on("data", (chunk: Buffer) => chunks.push(chunk));
  engine.modem.demuxStream(stream, sink, sink);
  await new Promise((resolve) => stream.once("end", resolve));
  const { ExitCode } = await exec.inspect();
  return { code: ExitCode ?? -1, output: Buffer.concat(chunks).toString("utf8").trim() };
}
