import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { LABEL, labelsOf, nameOf, ownerIsDead } from "../../../src/runtimes/docker/labels.ts";
import { newToken, thisHost } from "../../../src/runtimes/shared/real/owner.ts";
import { hasProc } from "../process/support.ts";

const RUN = { token: "17-4711-0123456789abcdef", runDir: "/runs/a" };
const deadToken = (): string => `${spawnSync(process.execPath, ["-e", ""]).pid}-4711-0123456789abcdef`;

describe("what a run makes in an engine", () => {
  it("carries whose it is and what it is", () => {
    expect(labelsOf(RUN, "network")).toEqual({
      "splitbrain.run": RUN.token,
      "splitbrain.host": thisHost(),
      "splitbrain.folder": "/runs/a",
      "splitbrain.role": "network",
    });
    expect(labelsOf(RUN, "tools", "n2")).toEqual({
      ...labelsOf(RUN, "network"),
      "splitbrain.role": "tools",
      "splitbrain.node": "n2",
    });
  });

  it("has a name that is a run's own, and that an engine takes", () => {
    expect(nameOf(RUN, "n1", "tools")).toBe("splitbrain-012345-n1-tools");
    const names = [newToken(), newToken()].map((token) => nameOf({ ...RUN, token }, "n1", "node-data1"));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
  });
});

describe("ownerIsDead", () => {
  const here = thisHost();
  it.each<[string, Record<string, string>, boolean]>([
    ["of this process: no", labelsOf({ ...RUN, token: newToken() }, "node", "n1"), false],
    ["of a process of this host that has ended: yes", labelsOf({ ...RUN, token: deadToken() }, "volume"), true],
    [
      "of another host, where the id means something else: no",
      { [LABEL.run]: deadToken(), [LABEL.host]: "far" },
      false,
    ],
    [
      "of another container of this host: no",
      { [LABEL.run]: deadToken(), [LABEL.host]: `${here.split("/").slice(0, 2).join("/")}/pid:[1]` },
      false,
    ],
    ["without a host: no", { [LABEL.run]: deadToken() }, false],
    ["without a run: no", { [LABEL.host]: here }, false],
    ["of somebody else, without labels of ours: no", { maintainer: "somebody" }, false],
    ["with a token that is none: no", { [LABEL.run]: "nightly", [LABEL.host]: here }, false],
  ])("%s", (_, labels, dead) => {
    expect(ownerIsDead(labels)).toBe(dead);
  });

  it.runIf(hasProc)("of this host before it was booted last, whoever has the id now: yes", () => {
    const host = `${hostname()}/5f0c7a7e-0000-4000-8000-000000000000/pid:[1]`;
    expect(ownerIsDead({ [LABEL.run]: newToken(), [LABEL.host]: host })).toBe(true);
  });
});
