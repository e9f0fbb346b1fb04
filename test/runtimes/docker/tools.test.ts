import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Engine, ifThere } from "../../../src/runtimes/docker/engine.ts";
import { toolsImage } from "../../../src/runtimes/docker/images.ts";
import { connectEngine } from "../../../src/runtimes/docker/index.ts";
import { labelsOf, nameOf } from "../../../src/runtimes/docker/labels.ts";
import { PacketFilter } from "../../../src/runtimes/docker/packet-filter.ts";
import { Tools, ToolsError } from "../../../src/runtimes/docker/tools.ts";
import { newToken } from "../../../src/runtimes/shared/real/owner.ts";
import { missingDocker } from "../../support/docker.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = await missingDocker(false);

describe.skipIf(missing !== undefined)("tools beside a container", () => {
  let engine: Engine;
  let tools: Tools;

  beforeAll(async () => {
    engine = await connectEngine();
    const identity = { token: newToken(), runDir: "/tmp/splitbrain-tools-test" };
    tools = await Tools.start({
      engine,
      image: await toolsImage(engine),
      name: nameOf(identity, "tools-test"),
      labels: labelsOf(identity, "tools"),
      create: {},
      host: { NetworkMode: "none" },
    });
  });
  afterAll(() => ifThere(tools.remove()));

  it("answer with what a command printed, and say which one failed", async () => {
    expect(await tools.run("echo one; echo two >&2")).toBe("one\ntwo");
    await expect(tools.run("echo why; exit_code() { return 3; }; exit_code")).rejects.toThrow(ToolsError);
    await expect(tools.run("echo why; (exit 3)")).rejects.toThrow(/echo why; \(exit 3\) failed \(3\): why$/);
  });

  it("answer what was asked while they were started again, in the order in which it was asked", async () => {
    const answers: string[] = [];
    const ask = async (command: string): Promise<void> => {
      answers.push(await tools.run(command));
    };
    // The first is under way when the shell is told to end; the second waits for it, and dies with the shell.
    const before = [ask("sleep 2; echo first"), ask("echo second")];
    const restarted = tools.restart();
    const after = [ask("echo third"), ask("echo fourth")];
    await Promise.all([restarted, ...before, ...after]);
    expect(answers).toEqual(["first", "second", "third", "fourth"]);
  });

  it("take back a partition that was set while they were started again", async () => {
    const filter = new PacketFilter(tools, new Map([["n2", { v4: ["198.18.0.2"], v6: [] }]]));
    const rules = (): Promise<string> => tools.run("$filter -w -S | grep DROP || true");
    expect([...(await filter.dropped())]).toEqual([]);
    await Promise.all([tools.restart(), filter.set({ peers: ["n2"], clientPorts: [] })]);
    expect(await rules()).toMatch(/-s 198\.18\.0\.2\/32 -j DROP/);
    await filter.set({ peers: [], clientPorts: [] });
    expect(await rules()).toBe("");
  });
});
