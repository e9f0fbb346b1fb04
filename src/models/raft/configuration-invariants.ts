import type { JsonObject } from "../../core/json.ts";
import { bothOf, type Invariant, type Ruling } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import { type Configuration, configurationNamed, voterSets } from "./configuration.ts";

/** What a node's log holds of configurations, and how far it is known to be committed there. */
interface Followed {
  configurations: { readonly index: number; readonly configuration: Configuration }[];
  applied: number;
  leads: boolean;
}

/** The two rules by which configurations change, judged where leaders append them (§6; dissertation, §4.1 and §4.3). */
export function configurationInvariants(): Invariant[] {
  return [
    changes(
      "one-change-at-a-time",
      "a configuration is committed before the next one is appended",
      ({ node, last, applied, index }) =>
        last.index <= applied ||
        `${node} appended a configuration at index ${index} when the one at index ${last.index} was not committed`,
    ),
    changes(
      "majorities-meet",
      "majorities of a configuration and of the next one have a server in common",
      ({ node, last, next }) =>
        majoritiesMeet(last.configuration, next) ||
        `${node} let ${describe(next)} follow ${describe(last.configuration)}, of which majorities may be disjoint`,
    ),
  ];
}

interface Change {
  readonly node: NodeId;
  readonly index: number;
  readonly next: Configuration;
  /** The configuration before it in the same log. */
  readonly last: Followed["configurations"][number];
  readonly applied: number;
}

/** An invariant of the configurations that leaders append; a first one, which follows none, is no test of it. */
function changes(name: string, property: string, judge: (change: Change) => Ruling): Invariant {
  const nodes = new Map<NodeId, Followed>();
  return {
    name,
    source: `Ongaro & Ousterhout 2014, §6; Ongaro 2014, §4.1: ${property}`,
    onTrace: (node, event, detail) => {
      const followed = nodes.get(node) ?? { configurations: [], applied: 0, leads: false };
      nodes.set(node, followed);
      note(followed, event, detail);
      if (event !== "append" && event !== "start") return undefined;
      return configurationsIn(detail)
        .map((one) => {
          const last = followed.configurations.at(-1);
          followed.configurations.push(one);
          if (!followed.leads || !last) return undefined;
          return judge({ node, index: one.index, next: one.configuration, last, applied: followed.applied });
        })
        .reduce(bothOf, undefined);
    },
  };
}

function note(followed: Followed, event: string, detail: JsonObject): void {
  if (event === "leader") followed.leads = true;
  else if (event === "follower") followed.leads = false;
  else if (event === "apply") followed.applied = detail.index as number;
  else if (event === "truncate") keep(followed, detail.length as number);
  else if (event === "install") {
    keep(followed, detail.index as number);
    beginAt(followed, detail);
  } else if (event === "start") {
    followed.leads = false;
    keep(followed, (detail.from as number) - 1);
    beginAt(followed, detail.head as JsonObject);
  }
}

/** The last entry of a snapshot is applied, and the snapshot says which configuration was in force there. */
function beginAt(followed: Followed, head: JsonObject): void {
  const { index, voters } = head as { readonly index: number; readonly voters: string };
  const later = followed.configurations.filter((one) => one.index > index);
  const configuration = configurationNamed(voters);
  followed.configurations = configuration ? [{ index, configuration }, ...later] : later;
  followed.applied = index;
}

function keep({ configurations }: Followed, length: number): void {
  while ((configurations.at(-1)?.index ?? 0) > length) configurations.pop();
}

function configurationsIn(detail: JsonObject): { readonly index: number; readonly configuration: Configuration }[] {
  const { from, commands } = detail as { readonly from: number; readonly commands: readonly string[] };
  return commands.flatMap((command, i) => {
    const configuration = configurationNamed(command);
    return configuration ? [{ index: from + i, configuration }] : [];
  });
}

const describe = (configuration: Configuration): string =>
  voterSets(configuration)
    .map((set) => `{${set.join(", ")}}`)
    .join(" with ");

/** True if it is certain that they meet: some set of one and some set of the other are equal, or differ by one server. */
function majoritiesMeet(one: Configuration, other: Configuration): boolean {
  return voterSets(one).some((set) => voterSets(other).some((against) => differ(set, against) <= 1));
}

/** In how many servers two sets differ. */
const differ = (one: readonly NodeId[], other: readonly NodeId[]): number =>
  one.filter((node) => !other.includes(node)).length + other.filter((node) => !one.includes(node)).length;
