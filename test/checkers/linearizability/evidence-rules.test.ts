import { describe, expect, it } from "vitest";
import { cellsOf } from "../../../checkers/linearizability/cells.ts";
import { Holds, isLock, mayRefuse } from "../../../checkers/linearizability/holds.ts";
import { Removal } from "../../../checkers/linearizability/removal.ts";
import { equal, mayShow, pair, seen, shows, written } from "../../../checkers/linearizability/values.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";

const specOf = (name: string): Spec => SPECS[name] as Spec;
const opsOf = (...sketches: readonly Sketch[]): readonly Operation[] => history(sketches).ops;
const indicesOf = (ops: readonly Operation[]): number[] => ops.map(({ index }) => index);

/** Done by process `p` in no time. */
const op = (p: number, f: string, call: number, rest: Partial<Sketch> = {}): Sketch => ({
  p,
  f,
  call,
  ret: call,
  ...rest,
});
const one = (f: string, rest: Partial<Sketch> = {}): Operation => opsOf(op(0, f, 0, rest))[0] as Operation;
/** Of unknown outcome. */
function lost(p: number, f: string, call: number, input: Json = null): Sketch {
  return { p, f, call, input };
}
const unknown = (f: string, input: Json = null): Operation => opsOf(lost(0, f, 0, input))[0] as Operation;
const refused = "precondition-failed";

describe("values that are seen and written", () => {
  it("are equal as JSON", () => {
    expect(equal(1, 1) && equal(null, null) && equal([1, { a: 2 }], [1, { a: 2 }])).toBe(true);
    expect(equal(1, "1") || equal([1], [2]) || equal(null, 0) || equal("a", { a: 1 }) || equal("[1]", [1])).toBe(false);
    expect(equal({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  });

  it("are shown as they are, in a list, or in a text", () => {
    expect([shows(2, 2), shows([1, 2], 2), shows([[1], 2], [1]), shows([1, 2], 3), shows([1, 2], [1, 2])]).toEqual([
      ...[true, true, true, false, true],
    ]);
    expect([shows("ab", "a"), mayShow("ab", "b"), mayShow("ab", "c"), mayShow(["ab"], "b"), mayShow("1", 1)]).toEqual([
      ...[false, true, false, false, false],
    ]);
    expect([mayShow([1, 2], 2), mayShow(1, "1"), mayShow("a", null)]).toEqual([true, false, false]);
  });

  it("are those of the input or output of an operation", () => {
    const cas = one("cas", { input: [1, 2] });
    expect([pair(cas), pair(one("cas")), pair(one("cas", { input: [] }))]).toEqual([
      ...[[1, 2] as const, [null, null] as const, [null, null] as const],
    ]);
    expect([written(cas), written(one("write", { input: 3 })), written(one("write"))]).toEqual([2, 3, null]);
    const spec = specOf("cas-register");
    expect([seen(spec, cas), seen(spec, one("read", { ok: 3 })), seen(spec, one("read"))]).toEqual([1, 3, null]);
    for (const blind of [
      one("write", { input: 3 }),
      unknown("cas", [1, 2]),
      one("cas", { input: [1, 2], fail: refused }),
    ])
      expect(seen(spec, blind)).toBeUndefined();
    expect(seen(specOf("fifo-queue"), one("dequeue", { ok: 4 }))).toBe(4);
    const { nature: _, ...untold } = spec;
    expect(seen(untold, one("write", { input: 3 }))).toBeNull();
  });
});

describe("cells", () => {
  it("are what registers and sets consist of, and nothing else", () => {
    const names = Object.keys(SPECS).filter((name) => cellsOf(specOf(name)) !== undefined);
    expect(names.sort()).toEqual(["cas-register", "kv", "register", "set"]);
  });

  it("of a register show what was written last", () => {
    const cells = cellsOf(specOf("cas-register"));
    const [three, four] = [one("write", { input: 3 }), one("cas", { input: [3, 4] })];
    const failed = one("cas", { input: [3, 5], fail: refused });
    expect(
      [three, four, one("read"), failed, unknown("cas", [3, 4]), unknown("write", 3)].map((o) => cells?.looks(o)),
    ).toEqual([false, true, true, true, true, false]);
    expect([four, failed, unknown("cas", [3, 4]), one("read", { ok: 3 })].map((o) => cells?.maySee(o, three))).toEqual([
      ...[true, true, true, true],
    ]);
    expect([four, one("read", { ok: 3 }), unknown("cas", [3, 4]), three].map((o) => cells?.maySee(o, four))).toEqual([
      ...[false, false, false, false],
    ]);
    expect([three, unknown("write", 3), four, one("read")].map((o) => cells?.overwrites(o))).toEqual([
      ...[true, false, false, false],
    ]);
    expect(new Set([three, four, failed].map((o) => cells?.cellOf(o))).size).toBe(1);
    expect(cells?.cellOf(three)).toBeDefined();
  });

  it("of a set are its elements, each in or not", () => {
    const cells = cellsOf(specOf("set"));
    const element = (f: string, ok: Json, input: Json = 1): Operation => one(f, { input, ok });
    const [added, removed] = [element("add", null), element("remove", null)];
    expect(cells?.cellOf(one("read", { ok: [] }))).toBeUndefined();
    expect(cells?.cellOf(added)).toBe(cells?.cellOf(removed));
    expect(cells?.cellOf(added)).not.toBe(cells?.cellOf(element("add", null, 2)));
    // Who adds what was not in, or was in already; what was told says which.
    const lookers: readonly (readonly [Operation, boolean, boolean])[] = [
      [element("contains", true), true, false],
      [element("contains", false), false, true],
      [element("add", true), false, true],
      [element("add", false), true, false],
      [element("remove", true), true, false],
      [element("remove", false), false, true],
      [one("read", { ok: [1] }), true, true],
    ];
    for (const [looker, seesAdd, seesRemove] of lookers)
      expect([cells?.looks(looker), cells?.maySee(looker, added), cells?.maySee(looker, removed)]).toEqual([
        ...[true, seesAdd, seesRemove],
      ]);
    expect([added, removed, unknown("add", 1)].map((o) => cells?.looks(o))).toEqual([false, false, false]);
    expect(
      [added, removed, unknown("add", 1), unknown("remove", 1), element("contains", true)].map((o) =>
        cells?.overwrites(o),
      ),
    ).toEqual([true, true, false, false, false]);
  });
});

describe("the times for which a lock is held", () => {
  const acquire = (p: number, call: number, rest: Partial<Sketch> = {}): Sketch => op(p, "acquire", call, rest);
  const release = (p: number, call: number, rest: Partial<Sketch> = {}): Sketch => op(p, "release", call, rest);
  /** By operation: what belongs to its hold. */
  const holdsOf = (...sketches: readonly Sketch[]): number[][] => {
    const ops = opsOf(...sketches);
    const holds = new Holds(ops);
    return ops.map((o) => [...holds.of([o])].sort((a, b) => a - b));
  };

  it("go from the acquire to the release of a holder", () => {
    expect(["mutex", "reentrant-mutex", "fenced-lock", "register"].map((name) => isLock(specOf(name)))).toEqual([
      ...[true, true, true, false],
    ]);
    expect(isLock({ ...specOf("mutex"), functions: { acquire: "" } })).toBe(false);
    expect(isLock({ ...specOf("mutex"), functions: { release: "" } })).toBe(false);
    expect(holdsOf(acquire(0, 0), release(0, 10), acquire(1, 20), acquire(0, 30), release(0, 40))).toEqual([
      ...[[0, 1], [0, 1], [2], [3, 4], [3, 4]],
    ]);
    // Whom the input names, whoever the process is.
    expect(holdsOf(acquire(0, 0, { input: "a" }), acquire(0, 5), release(1, 10, { input: "a" }))).toEqual([
      ...[[0, 2], [1], [0, 2]],
    ]);
  });

  it("go on until all that was acquired is released", () => {
    expect(holdsOf(acquire(0, 0), acquire(0, 5), release(0, 10), release(0, 20), acquire(0, 30))).toEqual([
      ...[[0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3], [4]],
    ]);
  });

  it("have no part in a refusal, or a release of what was not held", () => {
    expect(holdsOf(release(0, 0), acquire(0, 5), acquire(0, 6, { fail: refused }), release(0, 10))).toEqual([
      ...[[], [1, 3], [], [1, 3]],
    ]);
  });

  it("go on to the end where an outcome or the order is not known", () => {
    expect(
      holdsOf(acquire(0, 0, { input: "a" }), { ...lost(0, "release", 10, "a") }, acquire(1, 20, { input: "a" })),
    ).toEqual([
      ...[
        [0, 1, 2],
        [0, 1, 2],
        [0, 1, 2],
      ],
    ]);
    const a = { input: "a" };
    const clear = [acquire(0, 0, a), release(0, 10, a)];
    expect(holdsOf(...clear, acquire(0, 20, { ...a, ret: 30 }), release(1, 31, a))).toEqual([
      ...[
        [0, 1],
        [0, 1],
        [2, 3],
        [2, 3],
      ],
    ]);
    expect(holdsOf(...clear, acquire(0, 20, { ...a, ret: 30 }), release(1, 30, a))).toEqual([
      ...[
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
    ]);
    expect(holdsOf(...clear, acquire(0, 20, { ...a, ret: 30 }), release(0, 30, a))).toEqual([
      ...[
        [0, 1],
        [0, 1],
        [2, 3],
        [2, 3],
      ],
    ]);
    expect(holdsOf(...clear, acquire(0, 20, { ...a, ret: 30 }), release(1, 25, a))[0]).toEqual([0, 1, 2, 3]);
  });

  it("may be what an attempt that was refused shows", () => {
    const gone = opsOf(acquire(0, 10), release(0, 20));
    const attempt = (call: number, ret: number, rest: Partial<Sketch> = { fail: refused }): Operation =>
      opsOf(acquire(5, call, { ret, ...rest }))[0] as Operation;
    const may = (call: number, ret: number): boolean => mayRefuse(gone, attempt(call, ret));
    expect([may(0, 9), may(0, 10), may(12, 15), may(20, 30), may(21, 30)]).toEqual([false, true, true, true, false]);
    expect(mayRefuse([], attempt(12, 15))).toBe(false);
    expect(mayRefuse(gone, attempt(12, 15, {}))).toBe(false);
    expect(mayRefuse(gone, opsOf(release(5, 12, { fail: refused }))[0] as Operation)).toBe(false);
    // Never released, or by another holder.
    expect(mayRefuse(gone.slice(0, 1), attempt(100, 110))).toBe(true);
    expect(mayRefuse(opsOf(acquire(0, 10), release(0, 20), acquire(1, 30)), attempt(22, 25))).toBe(false);
    expect(mayRefuse(opsOf(acquire(0, 10), release(0, 20), acquire(1, 30)), attempt(35, 36))).toBe(true);
  });
});

describe("removal", () => {
  const without = (name: string, sketches: readonly Sketch[], ...indices: readonly number[]): number[] => {
    const ops = opsOf(...sketches);
    const removal = new Removal(specOf(name), ops);
    return indicesOf(
      removal.without(
        ops,
        ops.filter(({ index }) => indices.includes(index)),
      ),
    );
  };

  it("takes values out of a queue with all that is about them, from where they are there at first not at all", () => {
    const sketches = [
      op(0, "enqueue", 0, { input: 1 }),
      op(0, "enqueue", 10, { input: 2 }),
      op(1, "dequeue", 20, { ok: 1 }),
      op(1, "dequeue", 30, { ok: 2 }),
      op(1, "dequeue", 40),
    ];
    expect(without("fifo-queue", sketches, 0)).toEqual([1, 3, 4]);
    expect(without("fifo-queue", sketches, 2)).toEqual([1, 3, 4]);
    expect(without("fifo-queue", sketches, 4)).toEqual([0, 1, 2, 3]);
    expect(without("fifo-queue", sketches, 0, 4)).toEqual([1, 3]);
    const full: Spec = Object.create(specOf("fifo-queue"), {
      init: {
        value: () =>
          specOf("fifo-queue").step(specOf("fifo-queue").init(), one("enqueue", { input: 1 }), {
            type: "ok",
            value: null,
          }),
      },
    });
    const ops = opsOf(...sketches);
    const removal = new Removal(full, ops);
    expect(removal.erase(ops, ops.slice(0, 1))).toBe(ops);
    expect(indicesOf(removal.without(ops, ops.slice(0, 1)))).toEqual([0, 1, 2, 3, 4]);
  });

  it("knows values of a specification of another name, too", () => {
    const ops = opsOf(op(0, "enqueue", 0, { input: 1 }), op(1, "dequeue", 20, { ok: 1 }), op(1, "dequeue", 30));
    const other: Spec = { ...specOf("fifo-queue"), name: "mailbox" };
    expect(indicesOf(new Removal(other, ops).without(ops, ops.slice(0, 1)))).toEqual([2]);
  });

  it("takes out who took nobody knows what if somebody else took each value", () => {
    const sketches = [op(0, "enqueue", 0, { input: 1 }), lost(2, "dequeue", 5), op(1, "dequeue", 20, { ok: 1 })];
    expect(without("fifo-queue", sketches, 1)).toEqual([0, 2]);
    expect(without("fifo-queue", sketches.slice(0, 2), 1)).toEqual([0, 1]);
    expect(without("fifo-queue", [...sketches, lost(3, "dequeue", 6)], 1)).toEqual([0, 2, 3]);
    expect(without("fifo-queue", [...sketches, op(0, "enqueue", 30, { input: 2 })], 1)).toEqual([0, 1, 2, 3]);
  });

  it("takes a hold out as a whole, unless it refused somebody", () => {
    const hold = [op(0, "acquire", 0), op(0, "release", 10)];
    const next = [op(1, "acquire", 20), op(1, "release", 30)];
    expect(without("mutex", [...hold, ...next], 0)).toEqual([2, 3]);
    const attempt = op(2, "acquire", 5, { fail: refused });
    expect(without("mutex", [...hold, ...next, attempt], 0)).toEqual([0, 1, 2, 3, 4]);
    expect(without("mutex", [...hold, ...next, attempt], 3)).toEqual([0, 1, 2]);
    expect(without("mutex", [...hold, ...next, attempt], 0, 1)).toEqual([3, 4]);
    // Of a lock that is held at first.
    const ops = opsOf(...hold);
    const held: Spec = Object.create(specOf("mutex"), {
      init: { value: () => ({ holder: "process 9", depth: 1, token: 0 }) },
    });
    expect(new Removal(held, ops).without(ops, ops)).toEqual(ops);
  });

  it("takes a write out of a register if nobody who stays may have seen it", () => {
    const write = (input: number, call: number): Sketch => op(0, "write", call, { input });
    const sketches = [write(1, 0), write(2, 10), op(1, "read", 20, { ok: 1 }), op(1, "read", 30, { ok: 2 })];
    expect(without("register", sketches, 1)).toEqual([0, 1, 2, 3]);
    expect(without("register", sketches, 1, 3)).toEqual([0, 2]);
    // The write of 2 stays, and stands between that of 1 and the read.
    expect(without("register", sketches, 0)).toEqual([1, 2, 3]);
    expect(without("register", sketches, 0, 1)).toEqual([0, 1, 2, 3]);
    expect(without("register", sketches, 2)).toEqual([0, 1, 3]);
    // What is written while the other write runs may come after it.
    const during = [op(0, "write", 0, { input: 1, ret: 12 }), write(2, 20), op(1, "read", 30, { ok: 1 })].map((o, i) =>
      i === 1 ? { ...o, p: 3, call: 12, ret: 15 } : o,
    );
    expect(without("register", during, 0)).toEqual([0, 1, 2]);
  });

  it("begins with all but some operations and what they need", () => {
    const write = (input: number, call: number): Sketch => op(0, "write", call, { input });
    const allBut = (ops: readonly Operation[], index: number): number[] => {
      const removal = new Removal(specOf("register"), ops);
      return indicesOf(removal.without(ops, removal.allBut(ops.slice(index, index + 1))));
    };
    // Of a wrong read the write that it saw may go as long as the one in between stays.
    expect(allBut(opsOf(write(1, 0), write(2, 10), op(1, "read", 20, { ok: 1 })), 2)).toEqual([1, 2]);
    expect(allBut(opsOf(write(1, 0), write(2, 10), op(1, "read", 20, { ok: 2 })), 2)).toEqual([1, 2]);
    expect(allBut(opsOf(write(2, 0), write(1, 10), op(1, "read", 20, { ok: 3 })), 2)).toEqual([2]);
  });

  it("leaves counters as they are, but for reads", () => {
    const sketches = [op(0, "add", 0, { input: 1 }), op(0, "read", 10, { ok: 1 }), op(0, "add", 20, { input: 2 })];
    expect(without("counter", sketches, 0, 1, 2)).toEqual([0, 2]);
    expect(without("counter", sketches, 0)).toEqual([0, 1, 2]);
  });

  it("tells who took later what some operations left", () => {
    const ops = opsOf(
      op(0, "enqueue", 0, { input: 1 }),
      op(0, "enqueue", 10, { input: 2 }),
      op(0, "enqueue", 20, { input: 1 }),
      op(1, "dequeue", 30, { ok: 2 }),
      op(1, "dequeue", 40, { ok: 1 }),
      op(1, "dequeue", 50, { ok: 1 }),
      op(1, "dequeue", 60),
    );
    const later = (...indices: readonly number[]): number[] =>
      indicesOf(new Removal(specOf("fifo-queue"), ops).takenLater(ops.filter(({ index }) => indices.includes(index))));
    expect(later(0, 3)).toEqual([4]);
    expect(later(0, 2)).toEqual([4, 5]);
    expect(later(0, 2, 4)).toEqual([5]);
    expect(later(0, 1, 4)).toEqual([3]);
    expect(later(3, 4)).toEqual([]);
    expect(new Removal(specOf("counter"), ops).takenLater(ops.slice(0, 1))).toEqual([]);
    expect(new Removal(specOf("set"), ops).takenLater(ops.slice(0, 1))).toEqual([]);
    // After the history was cut off.
    expect(indicesOf(new Removal(specOf("fifo-queue"), ops.slice(0, 4), ops).takenLater(ops.slice(0, 1)))).toEqual([4]);
  });
});
