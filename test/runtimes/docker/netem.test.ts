import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { LinkQuality } from "../../../src/core/fault.ts";
import { netemOptions, type ShapedLink, shapingCommands } from "../../../src/runtimes/docker/netem.ts";

describe("netemOptions", () => {
  it.each<[string, LinkQuality, string]>([
    ["nothing", {}, ""],
    ["a constant delay", { delay: { kind: "constant", ms: 5 } }, "delay 5ms"],
    ["a uniform delay", { delay: { kind: "uniform", minMs: 10, maxMs: 25 } }, "delay 17.5ms 7.5ms"],
    ["an exponential delay", { delay: { kind: "exponential", meanMs: 20 } }, "delay 20ms 20ms"],
    ["a long tail", { delay: { kind: "long-tail", minMs: 5, maxMs: 1000 } }, "delay 10ms 5ms distribution pareto"],
    ["loss", { loss: 0.3 }, "loss 30%"],
    ["little loss", { loss: 0.00001 }, "loss 0.001%"],
    ["duplication", { duplicate: 0.2 }, "duplicate 20%"],
    ["a rate", { rateKbit: 100 }, "rate 100kbit"],
    ["messages held back: the others pass at once", { reorder: 0.1 }, "delay 10ms reorder 90%"],
    ["all held back", { reorder: 1 }, "delay 10ms reorder 0%"],
    [
      "messages held back for as long as the delay",
      { delay: { kind: "constant", ms: 80 }, reorder: 0.4 },
      "delay 80ms reorder 60%",
    ],
    [
      "all at once",
      { delay: { kind: "uniform", minMs: 1, maxMs: 2 }, loss: 0.05, duplicate: 0.1, reorder: 0.25, rateKbit: 1.5 },
      "delay 1.5ms 0.5ms reorder 75% loss 5% duplicate 10% rate 1.5kbit",
    ],
    ["fractions of a microsecond", { delay: { kind: "constant", ms: 1.23456 } }, "delay 1.235ms"],
    ["none of all", { loss: 0, duplicate: 0, reorder: 0, rateKbit: 0 }, ""],
    // Netem takes neither a table nor reordering with a delay of nothing.
    ["a delay of nothing", { delay: { kind: "constant", ms: 0 } }, ""],
    ["a long tail of nothing", { delay: { kind: "long-tail", minMs: 0, maxMs: 10 } }, ""],
    ["messages held back for nothing", { delay: { kind: "constant", ms: 0 }, reorder: 0.25 }, "delay 10ms reorder 75%"],
  ])("%s", (_, quality, options) => {
    expect(netemOptions(quality)).toBe(options);
  });
});

describe("shapingCommands", () => {
  const clear = "tc qdisc del dev eth0 root 2>/dev/null || true";

  it("only clear where no link is to be shaped", () => {
    expect(shapingCommands("eth0", [])).toEqual([clear]);
    expect(shapingCommands("eth0", [{ addresses: ["198.18.5.12"], quality: {} }])).toEqual([clear]);
  });

  it("make a band for each quality, and lead to it who has that quality, in IPv6 as well", () => {
    const bad = { loss: 0.5 };
    const links: ShapedLink[] = [
      { addresses: ["198.18.5.12", "fd00::12"], quality: bad },
      { addresses: ["198.18.5.13"], quality: {} },
      { addresses: ["198.18.5.14"], quality: { delay: { kind: "constant", ms: 5 } } },
      { addresses: ["198.18.5.15"], quality: { ...bad } },
    ];
    const [first, second, ...more] = shapingCommands("eth0", links);
    expect(first).toBe(clear);
    expect(second?.split(" && ")).toEqual([
      "true",
      "tc qdisc add dev eth0 root handle 1: prio bands 3 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
      "tc qdisc add dev eth0 parent 1:2 handle 16: netem loss 50%",
      "tc filter add dev eth0 parent 1: protocol ip u32 match ip dst 198.18.5.12 flowid 1:2",
      "tc filter add dev eth0 parent 1: protocol ipv6 u32 match ip6 dst fd00::12 flowid 1:2",
      "tc filter add dev eth0 parent 1: protocol ip u32 match ip dst 198.18.5.15 flowid 1:2",
      "tc qdisc add dev eth0 parent 1:3 handle 17: netem delay 5ms",
      "tc filter add dev eth0 parent 1: protocol ip u32 match ip dst 198.18.5.14 flowid 1:3",
    ]);
    expect(more).toEqual([]);
  });

  const different = (count: number): ShapedLink[] =>
    Array.from({ length: count }, (_, i) => ({ addresses: [`198.18.5.${11 + i}`], quality: { loss: (i + 1) / 100 } }));

  it("have bands for fifteen qualities, counted in hexadecimal, and say so if there are more", () => {
    const commands = shapingCommands("eth0", different(15)).join(" && ");
    expect(commands).toContain("prio bands 16 priomap");
    const bands = [...commands.matchAll(/flowid 1:(\w+)/g)].map(([, band]) => Number.parseInt(band ?? "", 16));
    expect(bands).toEqual(Array.from({ length: 15 }, (_, i) => i + 2));
    expect(new Set([...commands.matchAll(/handle (\w+):/g)].map(([, handle]) => handle)).size).toBe(16);
    expect(() => shapingCommands("eth0", different(16))).toThrow(
      "a node's links can have 15 different qualities at most, not 16",
    );
    const same = Array.from({ length: 40 }, (_, i) => ({ addresses: [`10.0.0.${i}`], quality: { loss: 0.5 } }));
    expect(() => shapingCommands("eth0", same)).not.toThrow();
  });

  it("are of one line that a shell understands", () => {
    const [, command = ""] = shapingCommands("eth0", different(2));
    expect(command).not.toContain("\n");
    expect(() => execFileSync("sh", ["-n", "-c", shapingCommands("eth0", different(2)).join("; ")])).not.toThrow();
  });
});
