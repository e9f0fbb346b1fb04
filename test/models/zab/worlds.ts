import * as fc from "fast-check";
import type { NodeId } from "../../../src/core/operation.ts";
import type { Transaction } from "../../../src/models/zab/messages.ts";
import { compareZxids, NO_ZXID, type Zxid } from "../../../src/models/zab/zxid.ts";
import type { Stored } from "./bench.ts";

const lastOf = ({ history }: Pick<Stored, "history">): Zxid => history.at(-1)?.zxid ?? NO_ZXID;

/** The order of elections (Junqueira et al. 2011, §4.1 and §5.1): positive if `a` is more up to date. */
export const compareStored = (a: Stored, b: Stored): number =>
  a.current - b.current || compareZxids(lastOf(a), lastOf(b));

/** What crashed servers have on their disks, and what of it was committed. */
export interface World {
  readonly stored: Readonly<Record<NodeId, Stored>>;
  readonly committed: readonly Transaction[];
}

/** One epoch: who takes part (a rotation of the servers), how far each follower gets, and how much is proposed. */
const epochs = (count: number) =>
  fc.array(
    fc.record({
      from: fc.nat({ max: count - 1 }),
      members: fc.oneof(
        { weight: 3, arbitrary: fc.constant(Math.floor(count / 2) + 1) },
        { weight: 1, arbitrary: fc.integer({ min: Math.floor(count / 2) + 1, max: count }) },
      ),
      /** Of the followers so many do not take the primary's history. */
      late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: count - 1 }) }),
      proposed: fc.nat({ max: 3 }),
      /** What each follower gets of the proposals. */
      received: fc.array(fc.constantFrom(0, 0, 1, 3), { minLength: count, maxLength: count }),
    }),
    { maxLength: 5 },
  );

/**
 * All that the protocol of §4 can leave behind, by its rules and without its messages: in each epoch a quorum promises
 * itself, its most up-to-date member is the primary, some take its history, and if a quorum has, it proposes.
 */
export const worlds = (count: number): fc.Arbitrary<World> =>
  epochs(count).map((plan) => {
    const names = Array.from({ length: count }, (_, i) => `n${i + 1}`);
    const quorum = Math.floor(count / 2) + 1;
    const servers = names.map((): Stored => ({ accepted: 0, current: 0, history: [] }));
    const at = (i: number): Stored => servers[i % count] as Stored;
    let committed: readonly Transaction[] = [];
    for (const [i, { from, members, late, proposed, received }] of plan.entries()) {
      const epoch = i + 1;
      const part = Array.from({ length: members }, (_, k) => (from + k) % count);
      for (const one of part) servers[one] = { ...at(one), accepted: epoch };
      const primary = part.reduce((best, one) => (compareStored(at(one), at(best)) > 0 ? one : best));
      const initial = at(primary).history;
      const followers = part.filter((one) => one !== primary).slice(late);
      for (const one of [primary, ...followers]) servers[one] = { accepted: epoch, current: epoch, history: initial };
      if (followers.length + 1 < quorum) continue;
      const proposals = Array.from(
        { length: proposed },
        (_, k): Transaction => ({
          zxid: [epoch, k + 1],
          origin: { server: names[primary] as NodeId, connection: epoch, number: k + 1 },
          change: { key: "x", value: `${epoch}/${k + 1}` },
          outcome: { type: "ok", value: null },
        }),
      );
      servers[primary] = { ...at(primary), history: [...initial, ...proposals] };
      for (const one of followers)
        servers[one] = { ...at(one), history: [...initial, ...proposals.slice(0, received[one])] };
      const lengths = [primary, ...followers].map((one) => at(one).history.length).sort((a, b) => b - a);
      committed = at(primary).history.slice(0, lengths[quorum - 1]);
    }
    return { stored: Object.fromEntries(names.map((name, i) => [name, at(i)])), committed };
  });
