import type { NodeId } from "../../core/operation.ts";
import { harnessLives, hostRebooted, thisHost } from "../shared/real/owner.ts";

/** Labels of everything that a run makes in an engine. Nothing without them is ever removed. */
export const LABEL = {
  /** The run's token, which names the harness's process. */
  run: "splitbrain.run",
  /** The host on which that process id means something. */
  host: "splitbrain.host",
  /** The run's folder. */
  folder: "splitbrain.folder",
  /** `node`, `tools`, `network`, `volume`. */
  role: "splitbrain.role",
  node: "splitbrain.node",
  /** Of tools beside a container that is not ours: its id. */
  target: "splitbrain.target",
  /** Of images: what they are for. */
  image: "splitbrain.image",
} as const;

export type Labels = Readonly<Record<string, string>>;

export type Role = "node" | "tools" | "network" | "volume";

/** Whose a thing is. */
export interface RunIdentity {
  readonly token: string;
  readonly runDir: string;
}

export const labelsOf = ({ token, runDir }: RunIdentity, role: Role, node?: NodeId): Record<string, string> => ({
  [LABEL.run]: token,
  [LABEL.host]: thisHost(),
  [LABEL.folder]: runDir,
  [LABEL.role]: role,
  ...(node === undefined ? {} : { [LABEL.node]: node }),
});

/** A name for a thing of a run, for people: `splitbrain-3f9a12-n1-tools`. */
export const nameOf = ({ token }: RunIdentity, ...parts: readonly string[]): string =>
  ["splitbrain", (token.split("-").at(-1) ?? token).slice(0, 6), ...parts].join("-");

/** True if it is certain that the harness which these labels name has ended. */
export function ownerIsDead(labels: Labels): boolean {
  const { [LABEL.run]: token, [LABEL.host]: host } = labels;
  if (token === undefined || host === undefined) return false;
  return host === thisHost() ? !harnessLives(token) : hostRebooted(host);
}
