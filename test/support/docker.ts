import { execa } from "execa";
import { connectEngine, NODE_IMAGE_VARIABLE } from "../../src/runtimes/docker/index.ts";

/**
 * Why tests in containers cannot run here, if they cannot. With `SPLITBRAIN_REQUIRE_DOCKER=1` that is an error, and so a
 * failure of the test file.
 *
 * @param bundled tests need an image with Node in it, too.
 */
export async function missingDocker(bundled = true): Promise<string | undefined> {
  const missing = (await missingEngine()) ?? (bundled ? await missingNodeImage() : undefined);
  if (missing === undefined) return undefined;
  if (process.env.SPLITBRAIN_REQUIRE_DOCKER === "1") throw new Error(missing);
  console.warn(`skipped: ${missing} (SPLITBRAIN_REQUIRE_DOCKER=1 makes this a failure)`);
  return missing;
}

async function missingEngine(): Promise<string | undefined> {
  try {
    await connectEngine();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Another image is only asked for where the one that users pull is out of reach. */
async function missingNodeImage(): Promise<string | undefined> {
  const tag = process.env[NODE_IMAGE_VARIABLE] || "node:22-bookworm-slim";
  const has = async (...args: string[]): Promise<boolean> =>
    (await execa("docker", args, { reject: false, timeout: 300_000 })).exitCode === 0;
  if ((await has("image", "inspect", tag)) || (await has("pull", "--quiet", tag))) return undefined;
  return `the image ${tag} is not there and cannot be pulled; name one with Node in it with ${NODE_IMAGE_VARIABLE}`;
}
