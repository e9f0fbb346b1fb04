import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findConfigFile, flagsOf, loadConfigFile } from "../../src/cli/config-file.ts";

const folder = mkdtempSync(join(tmpdir(), "splitbrain-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const SYSTEM = `{
    name: "my-kv",
    nodes: [{ command: ["./my-kv"], port: 7001 }, { command: ["./my-kv"], port: 7002, cwd: "sub" }],
    holds: ["sequential"],
    client: ({ node }) => ({
      read: async () => node.port,
      write: async () => { throw new DefiniteError("read-only"); },
    }),
  }`;
const ESM = `import { defineConfig, defineSystem, DefiniteError } from "splitbrain";
export default defineConfig({
  system: defineSystem(${SYSTEM}),
  run: { nemesis: ["kill"], time: "5s" },
});
`;
const TYPED = `import type { SystemDefinition } from "splitbrain";
enum Port { First = 7001 }
const check: SystemDefinition["holds"] = undefined;
void [Port.First satisfies number, check];
${ESM}`;

mkdirSync(join(folder, "sub"));

/** The message of the error that a file is refused with. */
async function refusal(path: string): Promise<string> {
  const error = await loadConfigFile(path).then(
    () => expect.fail("it was accepted"),
    (reason: unknown) => reason as Error,
  );
  expect(error.name).toBe("UserError");
  expect(error.message).not.toContain("\n");
  return error.message.replaceAll(folder, "DIR");
}

describe("a configuration file", () => {
  it.each([
    ["a.ts", TYPED],
    ["a.mts", TYPED],
    ["a.mjs", ESM],
    ["a.js", ESM],
    ["b.ts", `export default { system: ${SYSTEM}, run: { nemesis: ["kill"], time: "5s" } };`],
    [
      "c.ts",
      `import { DefiniteError } from "splitbrain";\nexport default Promise.resolve({ system: ${SYSTEM}, run: { nemesis: ["kill"], time: "5s" } });`,
    ],
    [
      "a.cjs",
      `const { DefiniteError } = require("splitbrain");\nmodule.exports = { system: ${SYSTEM}, run: { nemesis: ["kill"], time: "5s" } };`,
    ],
  ])("%s is loaded", async (name, text) => {
    const config = await loadConfigFile(file(name, text));
    expect(config.run).toEqual({ nemesis: ["kill"], time: "5s" });
    expect(config.file).toBe(join(folder, name));
    expect(config.system.name).toBe("my-kv");
    expect(config.system.holds({ config: {}, faults: new Set() })).toEqual(["sequential"]);
    // Commands run in the file's folder.
    expect(config.system.deployment).toMatchObject({ commands: [{ cwd: folder }, { cwd: join(folder, "sub") }] });
  });

  it("works with what it imports from this package", async () => {
    const { system } = await loadConfigFile(file("works.ts", ESM));
    const endpoint = { node: "n1", host: "h", address: "h", port: (own: number) => own };
    const client = await system.client({ config: {}, endpoints: [endpoint], node: endpoint, process: 0 });
    const { signal } = new AbortController();
    expect(await client.invoke({ f: "read", key: "k0", input: null }, signal)).toEqual({ type: "ok", value: 7001 });
    const error = await Promise.resolve(client.invoke({ f: "write", key: "k0", input: 1 }, signal)).catch((e) => e);
    expect(error).toMatchObject({ name: "DefiniteError", error: "read-only" });
  });

  it("may import its own modules, checkers and workloads", async () => {
    file("ports.ts", "export const port: number = 7005;");
    const path = file(
      "imports.ts",
      `import { port } from "./ports.ts";
      import { WORKLOADS } from "splitbrain/workloads";
      import { judge } from "splitbrain/checkers";
      if (!WORKLOADS.register || !judge) throw new Error("nothing there");
      export default { system: { name: "a", nodes: [{ container: "c", port }], client: () => ({}) } };`,
    );
    expect((await loadConfigFile(path)).system.deployment).toEqual({ kind: "attached", containers: ["c"] });
  });

  it("is read anew each time", async () => {
    const path = file("again.ts", ESM);
    await loadConfigFile(path);
    file("again.ts", ESM.replace("my-kv", "other"));
    expect((await loadConfigFile(path)).system.name).toBe("other");
  });

  it("that is none is refused", async () => {
    expect(await refusal(join(folder, "nowhere.ts"))).toMatch(/^There is no file DIR\/nowhere\.ts\./);
    expect(await refusal(folder)).toMatch(/^DIR is no configuration file; give one that ends in \.ts, /);
    expect(await refusal(file("config.json", "{}"))).toMatch(/^DIR\/config\.json is no configuration file/);
  });

  it("that is broken is refused with the line", async () => {
    expect(await refusal(file("syntax.ts", "export default {\n  a: 1\n  b: 2,\n};\n"))).toMatch(
      /^DIR\/syntax\.ts:3: Unexpected token, expected ","$/,
    );
    expect(await refusal(file("throws.ts", "const a = 1;\n\nthrow new Error('no host ' + a);\n"))).toMatch(
      /^DIR\/throws\.ts:3: no host 1$/,
    );
    expect(await refusal(file("typo.ts", ESM.replaceAll("defineConfig", "defineConfi")))).toMatch(
      /^DIR\/typo\.ts:\d+: defineConfi is not a function$/,
    );
    expect(await refusal(file("package.ts", 'import { a } from "no-such-package";\nexport default a();\n'))).toMatch(
      /^DIR\/package\.ts:1: Cannot find (module|package) 'no-such-package'/,
    );
  });

  it("that defines nothing proper is refused with where and what", async () => {
    expect(await refusal(file("nothing.ts", "export const a = 1;"))).toBe(
      "DIR/nothing.ts exports nothing by default; write: export default defineConfig({ system: … });",
    );
    expect(await refusal(file("number.ts", "export default 7;"))).toBe(
      "DIR/number.ts: the configuration is 7; give { system, run }",
    );
    expect(await refusal(file("nodes.ts", ESM.replace('command: ["./my-kv"], port: 7002', "port: 7002")))).toBe(
      "DIR/nodes.ts: system.nodes[1]: give either `command` (the harness starts it) or `container` (it runs already)",
    );
    expect(await refusal(file("run.ts", ESM.replace('"5s"', '"soon"')))).toMatch(/^DIR\/run\.ts: run\.time: is "soon"/);
    expect(await refusal(file("cwd.ts", ESM.replace('"sub"', '"nowhere"')))).toBe(
      "DIR/cwd.ts: system.nodes[1].cwd: there is no folder DIR/nowhere; it is relative to this file",
    );
  });

  it("is found in a folder", () => {
    const home = join(folder, "home");
    mkdirSync(home);
    expect(findConfigFile(home)).toBeUndefined();
    for (const extension of ["js", "mjs", "mts", "ts"]) {
      writeFileSync(join(home, `splitbrain.config.${extension}`), "");
      expect(findConfigFile(home)).toBe(join(home, `splitbrain.config.${extension}`));
    }
  });
});

it("defaults become flags", () => {
  expect(flagsOf({})).toEqual({});
  expect(
    flagsOf({
      workload: "append",
      nemesis: ["kill", "pause"],
      time: "5s",
      clients: 3,
      rate: 0.5,
      seed: -1,
      expect: [],
    }),
  ).toEqual({
    workload: "append",
    nemesis: "kill,pause",
    time: "5s",
    clients: "3",
    rate: "0.5",
    seed: "-1",
    expect: "none",
  });
  expect(flagsOf({ nemesis: "all", nemesisInterval: "1s" })).toEqual({ nemesis: "all", nemesisInterval: "1s" });
});
