import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import { Random } from "../../src/core/random.ts";
import { type PackedHistory, packHistory, Unpacker, unpackHistory } from "../../src/history/packed.ts";
import { ValuePacker, ValueUnpacker } from "../../src/history/packed-values.ts";
import { runs } from "../support/runs.ts";
import { history as histories } from "./arbitraries.ts";

/** What another thread gets. */
function posted(packed: PackedHistory): PackedHistory {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(packed);
  const message = receiveMessageOnPort(port2)?.message as PackedHistory;
  port1.close();
  return message;
}

const throughValues = (value: Json): Json => {
  const packer = new ValuePacker();
  const word = packer.pack(value);
  return new ValueUnpacker(packer.finish()).unpack(word);
};

const LIMITS = [
  0,
  1,
  -1,
  2 ** 28 - 1,
  2 ** 28,
  -(2 ** 28),
  -(2 ** 28) - 1,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  -0,
];

function value(random: Random, depth: number): Json {
  const pick = random.below(depth === 0 ? 6 : 10);
  if (pick === 0) return LIMITS[random.below(LIMITS.length)] as number;
  if (pick === 1) return random.below(1_000_000);
  if (pick === 2) return random.unit();
  if (pick === 3) return [null, true, false][random.below(3)] as Json;
  if (pick === 4) return ["", "r", "append", "é☃😀", "\ud800", "__proto__", "toString"][random.below(7)] as string;
  if (pick === 5) return Array.from({ length: random.below(5) }, (_, i) => i * random.below(3) - 1);
  const items = Array.from({ length: random.below(4) }, () => value(random, depth - 1));
  if (pick < 9) return items;
  return Object.fromEntries(items.map((item, i) => [["a", "__proto__", "7", ""][i] as string, item]));
}

describe("packed values", () => {
  it("come back as they were", () => {
    for (let seed = 0; seed < runs(20_000); seed++) {
      const given = value(new Random(seed, "packed"), 3);
      const back = throughValues(given);
      expect(back, `seed ${seed}`).toStrictEqual(given);
    }
  });

  it("may be long", () => {
    const text = "é😀".repeat(5_000);
    const long = [text, Array.from({ length: 5_000 }, (_, i) => i), Array.from({ length: 5_000 }, () => [text])];
    expect(throughValues(long)).toStrictEqual(long);
  });

  it("are one object where they are equal strings or the same constant", () => {
    const packer = new ValuePacker();
    const words = ["r", "r", null, 7].map((one) => packer.pack(one));
    expect(words[0]).toBe(words[1]);
    const { ends, words: spent, numbers } = packer.finish();
    expect([ends.length, spent.length, numbers.length]).toEqual([1, 0, 0]);
  });
});

describe("a packed history", () => {
  it("comes back as it was, also in another thread", () => {
    fc.assert(
      fc.property(histories, (history) => {
        expect(unpackHistory(posted(packHistory(history)))).toEqual(history);
      }),
      { numRuns: 500 },
    );
  });

  it("lies in memory that threads share", () => {
    const { values, rest, size, ...columns } = packHistory({ ops: [], faults: [], meta: { version: 1 } });
    for (const column of [...Object.values(columns), ...Object.values(values)])
      expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect({ size, rest }).toEqual({ size: 0, rest: { faults: [], meta: { version: 1 } } });
  });

  it("gives single operations", () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history: History, at) => {
        fc.pre(history.ops.length > 0);
        const index = at % history.ops.length;
        expect(new Unpacker(packHistory(history)).operation(index)).toEqual(history.ops[index]);
      }),
    );
  });
});
