import type Dockerode from "dockerode";
import { MARKS } from "./agent.ts";
import { type Engine, ifThere, statusOf } from "./engine.ts";
import { LABEL, type Labels, ownerIsDead } from "./labels.ts";

/** Something in the engine that a run made, and whose harness is gone. */
export interface DockerLeftover {
  readonly kind: "container" | "network" | "volume";
  readonly id: string;
  readonly name: string;
  /** The run's token. */
  readonly token: string;
  readonly runDir: string;
  /** A container that is not ours, and is as it is because of the run: it is set right, never removed. */
  readonly borrowed?: { readonly id: string; readonly name: string; readonly state: "paused" | "killed" };
}

/** What carries our labels and belongs to a harness that has certainly ended. */
export const findDockerLeftovers = (engine: Engine): Promise<DockerLeftover[]> => find(engine, ownerIsDead);

/** Removes it all, sets right what it had done to containers of others, and returns what it removed. */
export async function removeLeftovers(engine: Engine): Promise<DockerLeftover[]> {
  const leftovers = await findDockerLeftovers(engine);
  await remove(engine, leftovers);
  return leftovers;
}

/** Removes all that a run has made. */
export const removeRun = async (engine: Engine, token: string): Promise<void> =>
  remove(engine, await find(engine, (labels) => labels[LABEL.run] === token));

async function find(engine: Engine, wanted: (labels: Labels) => boolean): Promise<DockerLeftover[]> {
  const filters = JSON.stringify({ label: [LABEL.run] });
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    engine.listNetworks({ filters }),
    engine.listVolumes({ filters }),
  ]);
  const of = (labels: Labels) => ({ token: labels[LABEL.run] ?? "", runDir: labels[LABEL.folder] ?? "" });
  const found: DockerLeftover[] = [];
  for (const {
    Id: id,
    Names: [name = ""],
    Labels: labels,
  } of containers) {
    if (!wanted(labels)) continue;
    const borrowed = await borrowedBy(engine, id, labels[LABEL.target]);
    found.push({
      kind: "container",
      id,
      name: name.replace(/^\//, ""),
      ...of(labels),
      ...(borrowed ? { borrowed } : {}),
    });
  }
  for (const { Id: id, Name: name, Labels: labels = {} } of networks)
    if (wanted(labels)) found.push({ kind: "network", id, name, ...of(labels) });
  for (const { Name: name, Labels: labels } of volumes ?? [])
    if (wanted(labels ?? {})) found.push({ kind: "volume", id: name, name, ...of(labels ?? {}) });
  return found;
}

/** Containers first: as long as one is there, its network and volumes cannot go. */
async function remove(engine: Engine, leftovers: readonly DockerLeftover[]): Promise<void> {
  const of = (kind: DockerLeftover["kind"]): readonly DockerLeftover[] => leftovers.filter((one) => one.kind === kind);
  for (const { borrowed } of leftovers) if (borrowed) await setRight(engine.getContainer(borrowed.id), borrowed.state);
  // Nodes live in the network of their tools.
  await Promise.all(of("container").map(({ id }) => ifThere(engine.getContainer(id).remove({ force: true, v: true }))));
  await Promise.all(of("network").map(({ id }) => ifThere(engine.getNetwork(id).remove())));
  await Promise.all(of("volume").map(({ id }) => ifThere(engine.getVolume(id).remove())));
}

/** What tools that stand beside somebody else's container have marked, if that container still is as the mark says. */
async function borrowedBy(
  engine: Engine,
  tools: string,
  target: string | undefined,
): Promise<DockerLeftover["borrowed"]> {
  if (target === undefined) return undefined;
  try {
    const { State, Name } = await engine.getContainer(target).inspect();
    const name = Name.replace(/^\//, "");
    if (State.Paused && (await hasMark(engine, tools, "paused"))) return { id: target, name, state: "paused" };
    if (!State.Running && (await hasMark(engine, tools, "killed"))) return { id: target, name, state: "killed" };
  } catch (error) {
    // Its owner has removed it.
    if (statusOf(error) !== 404) throw error;
  }
  return undefined;
}

async function hasMark(engine: Engine, tools: string, mark: string): Promise<boolean> {
  try {
    const answer: unknown = await engine.getContainer(tools).infoArchive({ path: `${MARKS}/${mark}` });
    // The answer is a stream, although there is nothing in it; left unread it would keep this process from ending.
    (answer as NodeJS.ReadableStream).resume();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

const setRight = (container: Dockerode.Container, state: "paused" | "killed"): Promise<void> =>
  ifThere(state === "paused" ? container.unpause() : container.start());
