import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { encodeFrame, FrameSplitter, MAX_FRAME_BYTES } from "../../../src/runtimes/shared/frames.ts";
import { json } from "../../history/arbitraries.ts";

/** The frames in these chunks. */
function split(chunks: readonly Buffer[]): Json[] {
  const frames: Json[] = [];
  const splitter = new FrameSplitter((frame) => frames.push(frame));
  for (const chunk of chunks) splitter.push(chunk);
  return frames;
}

/** Bytes in chunks of any length, also of none. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
}

/** A header that announces so many bytes. */
function header(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

describe("frames over a stream of bytes", () => {
  it("come out as they went in, however the stream is cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (values, at) => {
        expect(split(cut(Buffer.concat(values.map(encodeFrame)), at))).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  it("come out byte by byte, characters of several bytes included", () => {
    const values: Json[] = ["é", { "☃": ["𝄞", ""] }, null];
    const bytes = Buffer.concat(values.map(encodeFrame));
    expect(split([...bytes].map((byte) => Buffer.of(byte)))).toEqual(values);
  });

  it("have the length of their payload in bytes before them", () => {
    expect(encodeFrame({ a: "é" })).toEqual(Buffer.concat([header(10), Buffer.from('{"a":"é"}')]));
  });

  it("come out as soon as they are whole, and not before", () => {
    const frames: Json[] = [];
    const splitter = new FrameSplitter((frame) => frames.push(frame));
    const bytes = encodeFrame([1, 2]);
    splitter.push(bytes.subarray(0, -1));
    expect(frames).toEqual([]);
    splitter.push(bytes.subarray(-1));
    expect(frames).toEqual([[1, 2]]);
  });

  it("may be as long as the limit, in many chunks", () => {
    const text = "x".repeat(MAX_FRAME_BYTES - 2);
    const bytes = Buffer.concat([encodeFrame(text), encodeFrame(7)]);
    const frames = split(cut(bytes, [1, 5, 70_000, 1_000_000, MAX_FRAME_BYTES + 1, MAX_FRAME_BYTES + 5]));
    expect(frames.length).toBe(2);
    expect(frames[0] === text).toBe(true);
    expect(frames[1]).toBe(7);
  });

  it("are refused by their header if they are longer: nothing is gathered first", () => {
    expect(() => split([header(MAX_FRAME_BYTES + 1)])).toThrow(
      `a frame of ${MAX_FRAME_BYTES + 1} bytes; at most ${MAX_FRAME_BYTES} may be`,
    );
    // What another protocol begins with is a length beyond all bounds.
    expect(() => split([Buffer.from("GET / HTTP/1.1\r\n")])).toThrow(RangeError);
  });

  it("are refused if they are no JSON, after those before them", () => {
    for (const payload of ["{oops", "", "1 2"]) {
      const frames: Json[] = [];
      const splitter = new FrameSplitter((frame) => frames.push(frame));
      const garbage = Buffer.concat([header(payload.length), Buffer.from(payload)]);
      expect(() => splitter.push(Buffer.concat([encodeFrame("before"), garbage]))).toThrow(SyntaxError);
      expect(frames).toEqual(["before"]);
    }
  });
});
