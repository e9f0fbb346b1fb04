import { newToken } from "../shared/real/owner.ts";
import { type Engine, EngineError, isLocal, textOf } from "./engine.ts";
import { toolsImage } from "./images.ts";
import { labelsOf, nameOf } from "./labels.ts";
import { hasNetem } from "./netem.ts";
import { Tools } from "./tools.ts";

/** Something that an engine can do or cannot. */
export interface EngineFinding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Finds out, by trying in a container of the tools, which faults this engine's kernel can do. */
export async function probeEngine(engine: Engine): Promise<EngineFinding[]> {
  const { Version, KernelVersion, Os, Arch } = await engine.version();
  const findings: EngineFinding[] = [
    {
      name: "docker",
      ok: isLocal(engine),
      detail: isLocal(engine)
        ? `engine ${Version} on ${Os}/${Arch}, kernel ${KernelVersion}`
        : `engine ${Version} is on another machine, where clients do not reach what it publishes on its 127.0.0.1`,
    },
  ];
  const identity = { token: newToken(), runDir: "doctor" };
  let tools: Tools | undefined;
  try {
    tools = await Tools.start({
      engine,
      image: await toolsImage(engine),
      name: nameOf(identity, "doctor"),
      labels: labelsOf(identity, "tools"),
      create: {},
      host: { NetworkMode: "none" },
    });
    const filter = (await tools.run("echo $filter")).trim();
    const netem = await hasNetem(tools);
    findings.push(
      {
        name: "packet filter",
        ok: filter !== "",
        detail: filter === "" ? "none works; no partitions in Docker" : `${filter}; partitions work in Docker`,
      },
      {
        name: "netem",
        ok: netem,
        detail: netem
          ? "link faults (delay, loss, duplication, reordering, rate) work in Docker"
          : "this kernel has not got the module sch_netem; no link faults in Docker",
      },
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    findings.push({ name: "docker tools", ok: false, detail: textOf(error) });
  } finally {
    await tools?.remove();
  }
  return findings;
}
