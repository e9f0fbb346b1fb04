import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../src/core/operation.ts";
import type { Transaction, ZabMessage } from "../../../src/models/zab/messages.ts";
import { Bench } from "./bench.ts";

/** n1 alone among servers that the test plays. */
class Partners {
  readonly bench = new Bench(3, { down: ["n2", "n3"] });

  /** What n1 sends to `from` when it is told this. */
  tell(from: NodeId, message: ZabMessage): unknown[] {
    // All messages are JSON, as `Node.send` says.
    this.bench.mail = [{ from, to: "n1", message: message as never }];
    this.bench.deliver();
    return this.bench.mail.filter(({ to }) => to === from).map((letter) => letter.message);
  }

  /** Makes n1 follow. */
  follow(leader: NodeId): void {
    const vote = { leader, epoch: 0, zxid: [0, 0] } as const;
    this.tell(leader, { type: "notification", round: 1, vote, state: "leading" });
  }

  /** Makes n1 lead. */
  lead(): void {
    const vote = { leader: "n1", epoch: 0, zxid: [0, 0] } as const;
    this.tell("n2", { type: "notification", round: 1, vote, state: "looking" });
    this.bench.tick();
  }
}

const saying = (type: string, more: object = {}) => expect.objectContaining({ type, ...more });
const connection = 1;
const epoch = 1;

const transaction = (counter: number): Transaction => ({
  zxid: [epoch, counter],
  origin: { server: "n2", connection: 1, number: counter },
  change: { key: "x", value: counter },
  outcome: { type: "ok", value: null },
});

describe("promises (Junqueira et al. 2011, §4.1)", () => {
  it("are made once an epoch, crashes included", () => {
    const partners = new Partners();
    const ask = (leader: NodeId, on: number, to: number): unknown[] =>
      partners.tell(leader, { type: "newepoch", connection: on, epoch: to });
    partners.follow("n2");
    expect(ask("n2", 1, 1)).toEqual([saying("ack-e", { epoch: 1, counts: true })]);
    // Told again, it is the same promise.
    expect(ask("n2", 1, 1)).toEqual([saying("ack-e", { epoch: 1, counts: true })]);
    partners.bench.kill("n1");
    partners.bench.start("n1");
    partners.follow("n3");
    expect(ask("n3", 2, 1)).toEqual([saying("ack-e", { epoch: 1, counts: false })]);
    expect(ask("n3", 2, 2)).toEqual([saying("ack-e", { epoch: 2, counts: true })]);
    // An earlier epoch is out of the question: it looks for another leader.
    expect(ask("n3", 2, 1)).toEqual([saying("notification", { state: "looking" })]);
  });

  it("make a quorum only if they are the first", () => {
    const partners = new Partners();
    partners.lead();
    expect(partners.tell("n2", { type: "cepoch", connection, accepted: 0 })).toEqual([saying("newepoch", { epoch })]);
    expect(partners.tell("n3", { type: "cepoch", connection, accepted: 0 })).toEqual([saying("newepoch", { epoch })]);
    const stands = { type: "ack-e", connection, epoch, current: 0, zxid: [0, 0] } as const;
    expect(partners.tell("n2", { ...stands, counts: false })).toEqual([]);
    expect(partners.tell("n3", { ...stands, counts: true })).toEqual([saying("newleader")]);
  });
});

describe("what was said on another connection, or in another epoch, comes too late (§2.1)", () => {
  it("for a leader, which would count it", () => {
    const partners = new Partners();
    partners.lead();
    partners.tell("n2", { type: "cepoch", connection: 2, accepted: 0 });
    partners.tell("n2", { type: "ack-e", connection: 2, epoch, current: 0, zxid: [0, 0], counts: true });
    const ready = { type: "ack-ld", connection: 2, epoch, zxid: [0, 0] } as const;
    for (const late of [{ connection: 1 }, { epoch: 2 }]) partners.tell("n2", { ...ready, ...late });
    expect(partners.bench.leaders).toEqual([]);
    partners.tell("n2", ready);
    expect(partners.bench.leaders).toEqual([{ node: "n1", epoch }]);
    // Nor does an earlier connection open again.
    expect(partners.tell("n2", { type: "cepoch", connection: 1, accepted: 0 })).toEqual([]);
  });

  it("for a follower, which would take it", () => {
    const partners = new Partners();
    partners.follow("n2");
    const opening = { type: "newepoch", connection, epoch } as const;
    expect(partners.tell("n2", { ...opening, connection: 2 })).toEqual([]);
    partners.tell("n3", opening);
    expect(partners.bench.mail).toEqual([]);
    expect(partners.tell("n2", opening)).toEqual([saying("ack-e")]);
    const history = { type: "newleader", connection, epoch, after: [0, 0], transactions: [transaction(1)] } as const;
    expect(partners.tell("n2", { ...history, epoch: 2 })).toEqual([]);
    expect(partners.tell("n2", history)).toEqual([saying("ack-ld", { zxid: [1, 1] })]);
    const proposal = { type: "propose", connection, epoch, after: [1, 1], transactions: [transaction(2)] } as const;
    for (const late of [{ connection: 0 }, { epoch: 2 }])
      expect(partners.tell("n2", { ...proposal, ...late })).toEqual([]);
    expect(partners.tell("n2", proposal)).toEqual([saying("ack", { zxid: [1, 2] })]);
    expect(partners.bench.history("n1")).toHaveLength(2);
  });
});
