import { describe, expect, test } from "vitest";
import type { Session } from "../../src/core/cluster.ts";
import type { Model, ModelConfig } from "../../src/core/model.ts";
import type { Outcome } from "../../src/core/operation.ts";
import { msToNs } from "../../src/core/time.ts";
import { lockService } from "../../src/models/lock-service/index.ts";
import { redlock } from "../../src/models/redlock/index.ts";
import { startSim } from "../../src/runtimes/sim/index.ts";

const LOCKS: readonly [name: string, Model, ModelConfig][] = [
  ["Redlock", redlock, { expiry: "monotonic-clock", restart: "delayed" }],
  ["queues of ephemeral nodes", lockService, {}],
  ["keys under leases", lockService, { recipe: "lease-key" }],
];

/**
 * One holder writes and stands still before that has left; another gets the lock and writes; the first goes on. What became of
 * the first one's write, and what the resource holds.
 */
async function overtaken(model: Model, config: ModelConfig): Promise<{ late: Outcome; left: Outcome }> {
  const cluster = startSim({ model, config, nodes: 5, seed: 3 });
  const [first, second] = [cluster.open(0, "n1"), cluster.open(1, "n2")];
  const ask = (session: Session, f: string, input: number | null = null): Promise<Outcome> =>
    session.invoke({ f, key: "k", input }, msToNs(2000));
  await cluster.sleepUntilNs(msToNs(1000));
  expect(await ask(first, "acquire")).toMatchObject({ type: "ok" });
  const heal = await cluster.inject({ kind: "client-pause", nodes: ["n1"] });
  const writing = ask(first, "write", 1);
  expect(await ask(second, "acquire")).toMatchObject({ type: "fail" });
  while ((await ask(second, "acquire")).type !== "ok");
  expect(await ask(second, "write", 2)).toMatchObject({ type: "ok" });
  await heal();
  const late = await writing;
  // Its time is over, and now it knows.
  expect(await ask(first, "write", 3)).toMatchObject({ type: "fail" });
  expect(await ask(first, "release")).toMatchObject({ type: "fail" });
  const left = await ask(second, "read");
  expect(await ask(second, "release")).toMatchObject({ type: "ok" });
  await cluster.stop();
  expect(cluster.failures()).toEqual([]);
  return { late, left };
}

describe.each(LOCKS)(
  "a holder that is paused past the end of its lease (Kleppmann, 2016): %s",
  (_name, model, config) => {
    test("overwrites what the next one wrote, where the resource does not look at tokens", async () => {
      const { late, left } = await overtaken(model, { ...config, resource: "unfenced" });
      expect(late).toMatchObject({ type: "ok" });
      expect(left).toEqual({ type: "ok", value: 1 });
    });

    test("is refused by a resource that does", async () => {
      const { late, left } = await overtaken(model, { ...config, resource: "fenced" });
      expect(late).toMatchObject({ type: "fail", error: { name: "precondition-failed" } });
      expect(left).toEqual({ type: "ok", value: 2 });
    });
  },
);
