import { describe, expect, it } from "vitest";
import { counter } from "../../../checkers/counters/index.ts";
import { fencing, mutualExclusion } from "../../../checkers/locks/index.ts";
import { totalQueue } from "../../../checkers/queues/index.ts";
import { set, setFull } from "../../../checkers/sets/index.ts";
import { uniqueIds } from "../../../checkers/unique-ids/index.ts";
import { failed, final, told, unknown } from "./told.ts";

describe("what is told of sets", () => {
  it("elements that are lost, twice there, or nobody's", () => {
    expect(
      told(
        set(),
        [0, "add", 1],
        [1, "add", 2],
        [2, "add", 3, null, failed],
        [8, "read", null, [1, 1, 3, 4], final],
        [9, "read", null, [1], final],
      ),
    ).toEqual([
      "duplicate-element [causal-cc,pram] 3: process 8 read 1 from x more than once, but a set holds each element at most once.",
      "unexpected-element [causal-cc,pram] 2,3: process 8 read 3 from x, but the only add of it definitely failed (operation 2).",
      "  2-3: failed, but was seen",
      "unexpected-element [causal-cc,pram] 3: process 8 read 4 from x, but nobody ever added it.",
      "lost-element [durable] 1,3,4: process 1 added 2 to x, which was acknowledged at 1.500 s, but each of n8, n9 found x without 2 at the end.",
      "  1-3: 2 was acknowledged, but is not there",
      "  1-4: 2 was acknowledged, but is not there",
    ]);
  });

  it("who read, where no node is named", () => {
    expect(told(set(), [0, "add", 1], [1, "add", 2], [8, "read", null, [1], { node: "" }])).toEqual([
      "lost-element [durable] 1,2: process 1 added 2 to x, which was acknowledged at 1.500 s, but process 8 found x without 2 at the end.",
      "  1-2: 2 was acknowledged, but is not there",
    ]);
  });

  it("elements that later reads miss, acknowledged or read before", () => {
    expect(
      told(setFull(), [0, "add", 1], [1, "add", 2, null, unknown], [2, "read", null, [1, 2]], [2, "read", null, []]),
    ).toEqual([
      "lost-element [durable] 0,3,2: process 0 added 1 to x and that was acknowledged at 0.500 s, but process 2, which began to read x at 3.000 s, did not find 1; nor was it there at the end.",
      "  0-3: 1 was known to be there when this read began",
      "lost-element [linearizable] 1,2,3: process 1 added 2 to x and process 2 had read it by 2.500 s, but process 2, which began to read x at 3.000 s, did not find 2; nor was it there at the end.",
      "  2-3: 2 was known to be there when this read began",
    ]);
  });

  it("an element that the closing reads miss, too", () => {
    expect(told(setFull(), [0, "add", 1], [2, "read", null, []], [9, "read", null, [], final])).toEqual([
      "lost-element [durable] 0,1: process 0 added 1 to x and that was acknowledged at 0.500 s, but process 2, which began to read x at 1.000 s, did not find 1; nor was it there at the end.",
      "  0-1: 1 was known to be there when this read began",
    ]);
  });

  it("an element that was missed in between", () => {
    expect(told(setFull({ linearizable: true }), [0, "add", 1], [2, "read", null, []], [2, "read", null, [1]])).toEqual(
      [
        "stale-read [linearizable] 0,1,2: process 0 added 1 to x and that was acknowledged at 0.500 s, but process 2, which began to read x at 1.000 s, did not find 1; later it was there.",
        "  0-1: 1 was known to be there when this read began",
      ],
    );
  });

  it("elements that were read too early", () => {
    expect(told(setFull(), [2, "read", null, [2, 1]], [0, "add", 2], [0, "add", 1], [2, "read", null, [1, 2]])).toEqual(
      [
        "future-read [linearizable] 0,1: process 2 read 2 from x before process 0, the first to do so, asked for it to be added.",
        "  0-1: the read was over before the add was called",
        "future-read [linearizable] 0,2: process 2 read 1 from x before process 0, the first to do so, asked for it to be added.",
        "  0-2: the read was over before the add was called",
      ],
    );
  });
});

describe("what is told of queues", () => {
  it("values that never came out", () => {
    expect(
      told(totalQueue(), [0, "enqueue", 1], [0, "enqueue", 2], [1, "dequeue", null, null], [2, "drain", null, []]),
    ).toEqual([
      "lost-element [durable] 0,3: process 0 enqueued 1 to x, which was acknowledged, but 1 never came out, and when process 2 emptied x at the end it was not there.",
      "  0-3: 1 was acknowledged, and nobody got it",
      "lost-element [durable] 1,3: process 0 enqueued 2 to x, which was acknowledged, but 2 never came out, and when process 2 emptied x at the end it was not there.",
      "  1-3: 2 was acknowledged, and nobody got it",
    ]);
  });

  it("values that some taker of unknown outcome may have", () => {
    expect(
      told(
        totalQueue(),
        [0, "enqueue", 1],
        [0, "enqueue", 2],
        [1, "dequeue", null, null, unknown],
        [2, "drain", null, []],
        [3, "dequeue", null, null, unknown],
      ),
    ).toEqual([
      "lost-element [durable] 0,3: process 0 enqueued 1 to x, which was acknowledged, but 1 never came out, and when process 2 emptied x at the end it was not there (1 of the 2 that never did may have been taken by dequeues of unknown outcome).",
      "  0-3: 1 was acknowledged, and nobody got it",
      "lost-element [durable] 1,3: process 0 enqueued 2 to x, which was acknowledged, but 2 never came out, and when process 2 emptied x at the end it was not there (1 of the 2 that never did may have been taken by dequeues of unknown outcome).",
      "  1-3: 2 was acknowledged, and nobody got it",
    ]);
  });

  it("a value that came out too often, for several processes", () => {
    expect(
      told(
        totalQueue(),
        [0, "enqueue", 1],
        [0, "enqueue", 1],
        [1, "dequeue", null, 1],
        [2, "dequeue", null, 1],
        [1, "dequeue", null, 1],
      ),
    ).toEqual([
      "duplicate-element [sequential] 0,1,2,3,4: 1 came out of x 3 times, but was enqueued twice only, by process 0, process 0; it was handed to process 1, process 2, process 1.",
      "  2-3: 1 had been taken already",
      "  2-4: 1 had been taken already",
    ]);
  });

  it("a value that one process took twice", () => {
    expect(told(totalQueue(), [0, "enqueue", 1], [1, "dequeue", null, 1], [1, "dequeue", null, 1])).toEqual([
      "duplicate-element [pram] 0,1,2: 1 came out of x twice, but was enqueued once only, by process 0; it was handed to process 1, process 1.",
      "  1-2: 1 had been taken already",
    ]);
  });

  it("values that nobody put in", () => {
    expect(
      told(
        totalQueue(),
        [0, "enqueue", 1, null, failed],
        [0, "enqueue", 1, null, failed],
        [1, "dequeue", null, 1],
        [1, "dequeue", null, 7],
      ),
    ).toEqual([
      "unexpected-element [causal-cc,pram] 0,2: process 1 dequeued 1 from x, but 1 cannot have been in x: its enqueue failed (operation 0).",
      "  0-2: failed, but came out",
      "unexpected-element [causal-cc,pram] 3: process 1 dequeued 7 from x, but 7 cannot have been in x: nobody ever enqueued it.",
    ]);
  });
});

describe("what is told of counters", () => {
  it("reads of too little, and of what is impossible", () => {
    expect(
      told(
        counter(),
        [0, "add", 1],
        [0, "add", 5, null, failed],
        [0, "add", 2],
        [1, "read", null, 2],
        [0, "decrement", 1],
        [1, "read", null, 9],
      ),
    ).toEqual([
      "missing-additions [counter-bounds] 0,2,3: process 1 read 2 from x, but the additions acknowledged before it was called make x at least 3, whatever was going on beside it.",
      "  0-3: it added 1 to x, which was acknowledged before the read was called",
      "  2-3: it added 2 to x, which was acknowledged before the read was called",
      "impossible-value [counter-bounds,causal-cc,pram] 5: process 1 read 9 from x, but all additions ever asked for lead to no less than -1 and no more than 3.",
    ]);
  });

  it("a read of too much", () => {
    expect(told(counter(), [0, "add", 1], [1, "read", null, 3], [0, "add", 2], [1, "read", null, 3])).toEqual([
      "excess-additions [counter-bounds] 0,1: process 1 read 3 from x, but the additions asked for by the time it was answered make x at most 1.",
      "  0-1: it added 1 to x, which was acknowledged before the read was called",
    ]);
  });
});

describe("what is told of locks", () => {
  it("tokens that fall or come twice", () => {
    expect(
      told(
        fencing(),
        [0, "acquire", null, 2],
        [1, "acquire", null, 1],
        [1, "acquire", null, 1],
        [2, "acquire", null, 1],
      ),
    ).toEqual([
      "non-monotonic-token [fencing] 0,1: process 1 acquired the lock at 1.500 s with the fencing token 1, but process 0 had got the larger 2 by 0.500 s; later holders must get larger tokens, else they are taken for the earlier ones.",
      "  0-1: over before the other was called, and 2 is larger than 1",
      "non-monotonic-token [fencing] 0,2: process 1 acquired the lock at 2.500 s with the fencing token 1, but process 0 had got the larger 2 by 0.500 s; later holders must get larger tokens, else they are taken for the earlier ones.",
      "  0-2: over before the other was called, and 2 is larger than 1",
      "non-monotonic-token [fencing] 0,3: process 2 acquired the lock at 3.500 s with the fencing token 1, but process 0 had got the larger 2 by 0.500 s; later holders must get larger tokens, else they are taken for the earlier ones.",
      "  0-3: over before the other was called, and 2 is larger than 1",
      "duplicate-token [fencing,pram] 1,2: process 1 and process 1 both acquired the lock with the fencing token 1, so that a resource cannot tell them apart.",
      "  1-2: 1 had been handed out already",
      "duplicate-token [fencing,sequential] 1,3: process 1 and process 2 both acquired the lock with the fencing token 1, so that a resource cannot tell them apart.",
      "  1-3: 1 had been handed out already",
    ]);
  });

  it("writes with an older token, of another process and of the same", () => {
    expect(
      told(
        fencing(),
        [0, "write", { token: 2, v: 1 }],
        [1, "write", { token: 1, v: 1 }],
        [0, "write", { token: 1, v: 2 }],
      ),
    ).toEqual([
      "stale-token-accepted [fencing] 0,1: the resource accepted a write of process 1 with the fencing token 1 at 1.500 s, though it had accepted the larger 2 of process 0 by 0.500 s: a holder whose time was up got through.",
      "  0-1: over before the other was called, and 2 is larger than 1",
      "stale-token-accepted [fencing,pram] 0,2: the resource accepted a write of process 0 with the fencing token 1 at 2.500 s, though it had accepted the larger 2 of process 0 by 0.500 s: a holder whose time was up got through.",
      "  0-2: over before the other was called, and 2 is larger than 1",
    ]);
  });

  it("an older write that a read shows", () => {
    expect(
      told(
        fencing(),
        [0, "write", { token: 1, v: 1 }],
        [1, "write", { token: 2, v: 1 }],
        [1, "read", null, { token: 1, v: 1 }],
      ),
    ).toEqual([
      'stale-token-accepted [fencing] 1,0,2: the resource showed process 1 the value {"token":1,"v":1} at 2.500 s, a write of process 0 with the fencing token 1, though it had accepted the larger 2 of process 1 by 1.500 s: a holder whose time was up got through.',
      "  1-2: over before the other was called, and 2 is larger than 1",
    ]);
  });

  it("two holds that overlap", () => {
    expect(
      told(mutualExclusion(), [0, "acquire", null], [1, "acquire", null], [0, "release", null], [1, "release", null]),
    ).toEqual([
      "mutual-exclusion [mutual-exclusion] 0,1,2,3: process 0 and process 1 both held lock x from 1.500 s to 2.000 s: process 0 had it by 0.500 s and did not begin to release it before 2.000 s, process 1 had it by 1.500 s and did not begin to release it before 3.000 s.",
      "  0-1: process 0 had not begun to release lock x when process 1 got it",
    ]);
  });

  it("two holds that never end", () => {
    expect(told(mutualExclusion(), [0, "acquire", null], [1, "acquire", null])).toEqual([
      "mutual-exclusion [mutual-exclusion,sequential] 0,1: process 0 and process 1 both held lock x from 1.500 s to the end of the history: process 0 had it by 0.500 s and never released it, process 1 had it by 1.500 s and never released it.",
      "  0-1: process 0 had not begun to release lock x when process 1 got it",
    ]);
  });

  it("an acquisition by the holder", () => {
    expect(told(mutualExclusion(), [0, "acquire", null], [0, "acquire", null], [0, "release", null])).toEqual([
      "double-acquire [mutual-exclusion,pram] 0,1: process 0 acquired lock x at 1.500 s, though it held it since 0.500 s and had not released it; only a reentrant lock may be acquired twice.",
      "  0-1: held, and not released in between",
    ]);
  });

  it("holders that are named, on the only lock", () => {
    expect(
      told(
        mutualExclusion(),
        [0, "acquire", "a", null, { key: "" }],
        [1, "acquire", "a", null, { key: "" }],
        [1, "release", "a", null, { key: "" }],
        [1, "release", "a", null, { key: "" }],
      ),
    ).toEqual([
      'double-acquire [mutual-exclusion] 0,1: "a" acquired the lock at 1.500 s, though it held it since 0.500 s and had not released it; only a reentrant lock may be acquired twice.',
      "  0-1: held, and not released in between",
      'release-without-hold [linearizable] 3: "a" released the lock at 3.500 s, but it did not hold it: all that it had acquired it had released before.',
    ]);
  });

  it("releases by who does not hold it", () => {
    expect(told(mutualExclusion(), [0, "release", null], [1, "release", null])).toEqual([
      "release-without-hold [pram] 0: process 0 released lock x at 0.500 s, but it did not hold it: all that it had acquired it had released before.",
      "release-without-hold [pram] 1: process 1 released lock x at 1.500 s, but it did not hold it: all that it had acquired it had released before.",
    ]);
  });

  it("leases that were used at once", () => {
    expect(
      told(
        mutualExclusion({ leases: true }),
        [0, "acquire", null],
        [1, "acquire", null],
        [0, "write", 1],
        [1, "write", 2],
      ),
    ).toEqual([
      "mutual-exclusion [mutual-exclusion] 0,1,2,3: process 0 and process 1 both held lock x from 1.500 s to 2.000 s: process 0 had it by 0.500 s and used it at 2.000 s, process 1 had it by 1.500 s and used it at 3.000 s.",
      "  0-1: process 0 had not begun to release lock x when process 1 got it",
    ]);
  });
});

describe("what is told of unique identifiers", () => {
  it("an identifier of two processes, and of one", () => {
    expect(
      told(uniqueIds(), [0, "generate", null, "a"], [1, "generate", null, "a"], [0, "generate", null, "a"]),
    ).toEqual([
      'duplicate-id [sequential] 0,1: process 0 generated "a" on x, and process 1 generated "a" on x, too: one identifier was handed out twice.',
      '  0-1: "a" had been handed out already',
      'duplicate-id [pram] 0,2: process 0 generated "a" on x, and process 0 generated "a" on x, too: one identifier was handed out twice.',
      '  0-2: "a" had been handed out already',
    ]);
  });
});
