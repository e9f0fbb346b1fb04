import { connectEngine, EngineError } from "./engine.ts";

/** How `docker compose` marks the containers of a project. */
const PROJECT = "com.docker.compose.project";
const SERVICE = "com.docker.compose.service";
const NUMBER = "com.docker.compose.container-number";

/** The running containers of a compose project, in order of service and number. */
export async function composeContainers(project: string): Promise<string[]> {
  const engine = await connectEngine();
  const filters = JSON.stringify({ label: [`${PROJECT}=${project}`] });
  const found = await engine.listContainers({ filters });
  if (found.length === 0) {
    const all = await engine.listContainers({ filters: JSON.stringify({ label: [PROJECT] }) });
    const projects = [...new Set(all.map(({ Labels }) => Labels[PROJECT]))].sort();
    const known = projects.length === 0 ? "none" : projects.join(", ");
    throw new EngineError(`No container of the compose project ${JSON.stringify(project)} runs. Running are ${known}.`);
  }
  const place = ({ Labels }: (typeof found)[number]): [string, number] => [
    Labels[SERVICE] ?? "",
    Number(Labels[NUMBER] ?? 0),
  ];
  return found
    .sort((a, b) => {
      const [[serviceA, numberA], [serviceB, numberB]] = [place(a), place(b)];
      return serviceA === serviceB ? numberA - numberB : serviceA < serviceB ? -1 : 1;
    })
    .map(({ Names: [name = ""] }) => name.replace(/^\//, ""));
}
