import { open } from "node:fs/promises";

const CHUNK_BYTES = 1 << 18;

/**
 * The bytes of a file, in chunks. Each is valid until the next one is asked for: two buffers take turns, one of which is
 * being filled while the other is worked on. (A stream gives a new one each time, which costs more than to read it.)
 */
export async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  try {
    let [filling, spare] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
    let reading = file.read(filling, 0, CHUNK_BYTES, null);
    for (let { bytesRead } = await reading; bytesRead > 0; { bytesRead } = await reading) {
      const filled = filling;
      [filling, spare] = [spare, filled];
      reading = file.read(filling, 0, CHUNK_BYTES, null);
      // Whoever stops before the end does not hear of a failure beyond.
      reading.catch(() => {});
      yield filled.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
