import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { machineFor, queueOf, sessionsIn } from "../../../src/models/lock-service/machine.ts";
import type { Command } from "../../../src/models/lock-service/messages.ts";
import { settingsOf } from "../../../src/models/lock-service/settings.ts";
import type { LoggedOp } from "../../../src/models/shared/exactly-once.ts";

const RECIPES = ["sequential-nodes", "lease-key"] as const;
const session = fc.constantFrom("a", "b", "c");
const attempt = fc.record({ session, number: fc.integer({ min: 1, max: 3 }) });

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ f: fc.constant("open" as const), input: fc.record({ session }) }),
  fc.record({ f: fc.constant("renew" as const), input: fc.record({ session }) }),
  fc.record({ f: fc.constant("expire" as const), input: fc.record({ session, renewals: fc.nat({ max: 2 }) }) }),
  fc.record({
    f: fc.constantFrom("create" as const, "create" as const, "look" as const, "delete" as const),
    key: fc.constantFrom("x", "y"),
    input: attempt,
  }),
);

/** A log, and the state and answers that it leads to. */
function run(recipe: (typeof RECIPES)[number], commands: readonly Command[]) {
  const contents = new Map<string, Json>();
  const apply = machineFor(settingsOf({ recipe }));
  const step = (command: Command) => apply(contents, command as unknown as LoggedOp);
  const answers = commands.map(step);
  return { contents, answers, step };
}

/** Who has the lock, with the token. */
const holderOf = (contents: ReadonlyMap<string, Json>, key: string) => queueOf(contents, key)[0];

describe.each(RECIPES)("the state of the lock service (Hunt et al., ZooKeeper, §2.2 and §2.4): %s", (recipe) => {
  it("gives each new holder of a lock a larger token than all before", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const { contents, step } = run(recipe, []);
        const newest = new Map<string, { name: string; token: number }>();
        for (const one of commands) {
          step(one);
          for (const key of ["x", "y"]) {
            const holder = holderOf(contents, key);
            if (holder === undefined) continue;
            const name = `${holder.session} ${holder.number} ${holder.sequence}`;
            const before = newest.get(key);
            if (before?.name !== name) expect(holder.sequence).toBeGreaterThan(before?.token ?? 0);
            newest.set(key, { name, token: holder.sequence });
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps nodes of living sessions alone, in order, one for each attempt, and where there is no queue one in all", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const { contents } = run(recipe, commands);
        const alive = sessionsIn(contents).map(([name]) => name);
        for (const key of ["x", "y"]) {
          const queue = queueOf(contents, key);
          expect(alive).toEqual(expect.arrayContaining(queue.map((node) => node.session)));
          expect(queue.map(({ sequence }) => sequence)).toEqual(
            queue.map(({ sequence }) => sequence).sort((a, b) => a - b),
          );
          expect(new Set(queue.map((node) => `${node.session} ${node.number}`)).size).toBe(queue.length);
          if (recipe === "lease-key") expect(queue.length).toBeLessThan(2);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("bears every command twice, with the same answer", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), command, (commands, last) => {
        // What was renewed twice is renewed once more: nobody can tell.
        if (last.f === "renew" || last.f === "expire") return;
        const { contents, step } = run(recipe, commands);
        const answer = step(last);
        const after = JSON.stringify([...contents]);
        expect(step(last)).toEqual(answer);
        expect(JSON.stringify([...contents])).toBe(after);
      }),
      { numRuns: 300 },
    );
  });

  it("lets no session expire that was renewed since", () => {
    const open = { f: "open", input: { session: "a" } } as const;
    const renew = { f: "renew", input: { session: "a" } } as const;
    const create = { f: "create", key: "x", input: { session: "a", number: 1 } } as const;
    const expire = { f: "expire", input: { session: "a", renewals: 0 } } as const;
    expect(holderOf(run(recipe, [open, create, renew, expire]).contents, "x")).toMatchObject({ session: "a" });
    const { contents, step } = run(recipe, [open, create, expire]);
    expect(holderOf(contents, "x")).toBeUndefined();
    for (const one of [renew, create])
      expect(step(one)).toMatchObject({ type: "fail", error: { name: "key-does-not-exist" } });
  });

  it("creates no node for an attempt that was given up before it arrived", () => {
    const open = { f: "open", input: { session: "a" } } as const;
    const create = { f: "create", key: "x", input: { session: "a", number: 1 } } as const;
    const { contents, step } = run(recipe, [open, { ...create, f: "delete" }]);
    expect(step(create)).toMatchObject({ type: "fail", error: { name: "precondition-failed" } });
    expect(queueOf(contents, "x")).toEqual([]);
    step({ ...create, input: { session: "a", number: 2 } });
    expect(queueOf(contents, "x")).toHaveLength(1);
  });
});
