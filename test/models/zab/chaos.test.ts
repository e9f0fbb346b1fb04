import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import { append, Bench } from "./bench.ts";

const NAMES = ["n1", "n2", "n3"];

const STEPS = 700;
const RUNS = 30;

/** One thing that happens: mostly a message arrives, in its turn; servers mostly live. */
function step(bench: Bench, random: Random, request: (server: NodeId) => void): void {
  const server = random.pick(NAMES);
  const anyLetter = random.below(bench.mail.length + 1);
  const kind = random.below(200);
  if (kind < 120) bench.deliver();
  else if (kind < 135) bench.deliver(anyLetter);
  else if (kind < 140) bench.deliver(anyLetter, true);
  else if (kind < 145) bench.mail.splice(anyLetter, 1);
  else if (kind < 170) bench.tick();
  else if (kind < 190) request(server);
  else if (kind < 192) bench.isolate(server);
  else if (kind < 194) bench.isolate();
  else if (kind < 196) bench.kill(server);
  else if (!bench.up.includes(server)) bench.start(server);
}

/** Chaos among servers that have a leader; then all live and hear each other. Requests by their ids, with what they append. */
function execute(seed: number, bug?: string): { bench: Bench; requests: ReadonlyMap<number, number> } {
  const bench = new Bench(NAMES.length, bug === undefined ? {} : { bug });
  const random = new Random(seed, "chaos");
  const requests = new Map<number, number>();
  bench.run(200);
  for (let i = 0; i < STEPS; i++)
    step(bench, random, (server) => {
      const value = requests.size + 1;
      if (bench.up.includes(server)) requests.set(bench.request(server, append(value, `k${value}`)), value);
    });
  bench.isolate();
  for (const name of NAMES) if (!bench.up.includes(name)) bench.start(name);
  bench.run(600);
  return { bench, requests };
}

describe("whatever messages and crashes do", () => {
  it("the properties of §3 hold (Junqueira et al. 2011), and what was answered was done once", () => {
    let done = 0;
    let refused = 0;
    let epochs = 0;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { bench, requests } = execute(seed);
        expect(bench.violations).toEqual([]);
        const history = bench.history("n1");
        for (const name of NAMES) expect(bench.history(name)).toEqual(history);
        for (const [id, value] of requests) {
          const times = history.filter(({ change }) => change?.key === `k${value}`).length;
          const type = bench.replies.get(id)?.outcome.type ?? "info";
          if (type === "ok") expect(times).toBe(1);
          else if (type === "fail") expect(times).toBe(0);
          else expect(times).toBeLessThanOrEqual(1);
          if (type === "ok") done++;
          if (type === "fail") refused++;
        }
        epochs += new Set(history.map(({ zxid: [epoch] }) => epoch)).size;
        // Whoever is connected answers; so the servers have all found a leader again.
        for (const name of NAMES) expect(bench.ask(name, append(0, "end"))?.outcome.type).toBe("ok");
      }),
      { numRuns: RUNS },
    );
    expect(Math.min(done, refused, epochs - RUNS)).toBeGreaterThan(RUNS / 4);
  });

  it.each(["gaps-accepted", "no-truncation", "applied-when-proposed", "epochs-not-persisted"])(
    "but not with %s",
    (bug) => {
      const seen = fc.check(
        fc.property(fc.nat(), (seed) => execute(seed, bug).bench.violations.length === 0),
        { numRuns: 300, endOnFailure: true },
      );
      expect(seen.failed).toBe(true);
    },
  );
});
