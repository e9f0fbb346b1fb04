import { contextOf, knows, type Siblings, sync, type VersionVector } from "../../shared/clocks/siblings.ts";
import { eventsOf, merge } from "../../shared/clocks/vector-clock.ts";
import { changed, shownData } from "./data.ts";
import type { Resolution, Writer } from "./resolution.ts";
import { showAllValues, unionOfAll } from "./union.ts";
import type { Version } from "./versions.ts";

/** What a write is made from and overwrites, given what of the object its session was shown. */
type Seen = (writer: Writer) => VersionVector;

/**
 * Siblings with version vectors (Parker et al., "Detection of Mutual Inconsistency in Distributed Systems", TSE 1983; dots:
 * Preguiça et al. 2010): conflicting values are all shown to the client, whose next write overwrites just those that its
 * session was shown. A set is shown as the union of its siblings. A register can show but one value, so the client is
 * given the latest to read and the others beside it.
 *
 * An element is added to what the node has, if the session was shown all of that; else it stands beside it, alone. To
 * overwrite those siblings that the session was shown, and leave the others, is more than a vector can say: it would stand for
 * earlier writes as well, which are here part of a sibling that the session was not shown, and elsewhere not.
 */
const siblingsShown = (seen: Seen): Resolution<Siblings> => ({
  update: (copy = [], change, writer) => {
    const { dot, time } = writer;
    const session = seen(writer);
    const basis = copy.every((sibling) => knows(session, sibling.dot)) ? copy : [];
    const value: Version = { data: changed(unionOfAll(basis), change), stamp: [time, dot[0]] };
    return [{ dot, context: change.f === "add" ? contextOf(basis) : session, value }];
  },
  merge: sync,
  show: (copy) => shownData(unionOfAll(copy)),
  showAll: showAllValues,
  contextOf,
});

export const versionVectors = siblingsShown(({ session }) => session);

/** The bug `vectors-without-dots`. */
export const withoutDots: Resolution<Siblings> = {
  ...versionVectors,
  update: (copy, change, writer) =>
    versionVectors.update(copy, change, writer)?.map((sibling) => {
      const [node, number] = sibling.dot;
      const before = Math.max(eventsOf(sibling.context, node), number - 1);
      return { ...sibling, context: merge(sibling.context, { [node]: before }) };
    }),
};
