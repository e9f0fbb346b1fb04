import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { Env, Reply } from "../../../src/core/replica.ts";
import { GuardedResource, type GuardedResourceOptions } from "../../../src/models/shared/guarded-resource.ts";

/** A resource on a disk that keeps all; `crash` starts it anew on the same disk. */
function resource(options: GuardedResourceOptions) {
  const cells = new Map<string, Json>();
  const replies: Reply[] = [];
  const env = {
    disk: {
      read: (cell: string) => cells.get(cell),
      write: (cell: string, value: Json) => cells.set(cell, value),
      sync() {},
    },
    reply: (_request: unknown, reply: Reply) => replies.push(reply),
  } as unknown as Env;
  let node = new GuardedResource(env, options);
  const ask = (f: string, key: string, input: Json, token: number): Json | undefined => {
    node.onRequest({ id: 1, client: "c0", op: { f, key, input }, context: { token } });
    const outcome = replies.at(-1)?.outcome;
    return outcome?.type === "ok" ? outcome.value : undefined;
  };
  const crash = (): void => {
    node = new GuardedResource(env, options);
  };
  return {
    write: (key: string, value: number, token: number) => ask("write", key, value, token),
    read: (key: string) => ask("read", key, null, 0),
    crash,
  };
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ key: fc.constantFrom("x", "y"), token: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 1, arbitrary: fc.constant("crash" as const) },
  ),
  { maxLength: 20 },
);

describe("a resource that locks protect (Kleppmann, How to do distributed locking)", () => {
  it.each([true, false])(
    "takes a write unless its token is smaller than one before, across crashes (fenced: %s)",
    (fenced) => {
      fc.assert(
        fc.property(steps, (steps) => {
          const { write, read, crash } = resource({ fenced });
          const tokens = new Map<string, number[]>();
          const last = new Map<string, number>();
          for (const [value, step] of steps.entries()) {
            if (step === "crash") {
              crash();
              continue;
            }
            const { key, token } = step;
            const before = tokens.get(key) ?? [];
            const refused = fenced && before.some((one) => one > token);
            expect(write(key, value, token)).toEqual(refused ? undefined : { token });
            if (!refused) {
              tokens.set(key, [...before, token]);
              last.set(key, value);
            }
            expect(read(key)).toBe(last.get(key) ?? null);
          }
        }),
        { numRuns: 100 },
      );
    },
  );

  it("that keeps tokens in memory forgets them in a crash, which is the bug", () => {
    const { write, crash } = resource({ fenced: true, tokensInMemory: true });
    expect(write("x", 1, 5)).toEqual({ token: 5 });
    expect(write("x", 2, 4)).toBeUndefined();
    crash();
    expect(write("x", 3, 4)).toEqual({ token: 4 });
  });
});
