import { describe, expect, it } from "vitest";
import type { Invocation } from "../../../src/core/operation.ts";
import type { Reply } from "../../../src/core/replica.ts";
import { append, Bench, type BenchOptions, read } from "./bench.ts";

/** Three servers that n3 leads, with [1] in x. */
function led(options?: BenchOptions): Bench {
  const bench = new Bench(3, options);
  bench.run(200);
  expect(bench.leaders).toEqual([{ node: "n3", epoch: 1 }]);
  expect(bench.ask("n1", append(1))?.outcome).toEqual({ type: "ok", value: null });
  return bench;
}

const cas = (from: number | null, to: number): Invocation => ({ f: "cas", key: "r", input: [from, to] });
const shown = (reply: Reply | undefined): unknown =>
  reply?.outcome.type === "ok" ? reply.outcome.value : reply?.outcome;
const refused = expect.objectContaining({ context: { refused: true } });

describe("a server and its sessions (Hunt et al. 2010, §4.4)", () => {
  it("answers a write when it has applied it, so that what it shows next has it", () => {
    const bench = led();
    const id = bench.request("n1", append(2));
    while (!bench.replies.has(id)) {
      expect(shown(bench.ask("n1", read(), { forMs: 0 }))).toEqual([1]);
      bench.deliver();
    }
    expect(bench.replies.get(id)?.context).toEqual({ zxid: [1, 2] });
    expect(shown(bench.ask("n1", read(), { forMs: 0 }))).toEqual([1, 2]);
  });

  it("hands over requests in their order, again if they were lost, and each is done once", () => {
    const bench = led();
    for (const value of [2, 3, 4]) bench.request("n1", append(value));
    // The first is lost, the second comes twice, and both come too early.
    bench.mail.shift();
    bench.deliver(0, true);
    bench.run(150);
    expect(shown(bench.ask("n1", read()))).toEqual([1, 2, 3, 4]);
  });

  it("takes a session only when it has reached the last zxid that it saw", () => {
    const seen = [1, 2] as const;
    const bench = led();
    bench.isolate("n1");
    expect(bench.ask("n2", append(2))?.context).toEqual({ zxid: seen });
    expect(bench.ask("n1", read(), { forMs: 1 })).toEqual(expect.objectContaining({ context: { zxid: [1, 1] } }));
    const waits = bench.request("n1", read(), seen);
    bench.isolate();
    bench.run(60);
    expect(shown(bench.replies.get(waits))).toEqual([1, 2]);
    expect(bench.ask("n1", read(), { seen: [1, 3], forMs: 250 })).toEqual(refused);
    expect(shown(led({ bug: "session-not-checked" }).ask("n1", read(), { seen, forMs: 1 }))).toEqual([1]);
  });

  it("serves nobody without a quorum: a write may have been done, a read may be asked elsewhere", () => {
    const bench = led({ reads: "quorum-sync" });
    bench.isolate("n1");
    const [written, asked] = [bench.request("n1", append(2)), bench.request("n1", read())];
    bench.run(350);
    expect(bench.replies.get(written)?.outcome).toEqual(
      expect.objectContaining({ type: "info", error: expect.objectContaining({ name: "crash" }) }),
    );
    expect(bench.replies.get(asked)).toEqual(refused);
    expect(bench.ask("n1", append(3))).toEqual(refused);
    expect(shown(bench.ask("n1", { ...read(), final: true }))).toEqual([1]);
  });
});

describe("transactions (Hunt et al. 2010, §4.1)", () => {
  it("carry what a request comes to after all that was proposed before, and its result", () => {
    const bench = led();
    const ids = [cas(null, 1), cas(null, 2), cas(1, 3)].map((op) => bench.request("n3", op));
    bench.run(50);
    expect(bench.history("n2").map(({ zxid, change }) => [zxid, change])).toEqual([
      [[1, 1], { key: "x", value: [1] }],
      [[1, 2], { key: "r", value: 1 }],
      [[1, 3], null],
      [[1, 4], { key: "r", value: 3 }],
    ]);
    expect(ids.map((id) => bench.replies.get(id)?.outcome.type)).toEqual(["ok", "fail", "ok"]);
  });
});

describe("a leader that was deposed and does not know it (Hunt et al. 2010, §4.4)", () => {
  /** What n3 answers when n1 and n2 have another leader, and have appended 2. */
  const answer = (reads: string): Reply | undefined => {
    const bench = led({ reads });
    bench.isolate("n3");
    bench.run(380);
    expect(bench.ask("n1", append(2), { forMs: 5 })?.outcome.type).toBe("ok");
    const reply = bench.ask("n3", read(), { forMs: 20 });
    // It gives up in the end.
    bench.run(400);
    expect(bench.ask("n3", append(3))).toEqual(refused);
    return reply;
  };

  it.each(["local", "sync"])("shows the past where reads are %s: its sync asks nobody", (reads) => {
    expect(shown(answer(reads))).toEqual([1]);
  });

  it("shows nothing where a sync is a transaction", () => {
    expect(answer("quorum-sync")).toBeUndefined();
  });
});
