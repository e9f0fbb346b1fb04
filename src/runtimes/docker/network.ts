import { randomInt } from "node:crypto";
import { type Engine, EngineError, textOf } from "./engine.ts";
import { labelsOf, nameOf, type RunIdentity } from "./labels.ts";

/** A run's own bridge network. */
export interface RunNetwork {
  readonly name: string;
  /** The address of node number `i`, counted from 0. */
  address(i: number): string;
}

/** Subnets are drawn from 198.18.0.0/15, which is set aside for tests (RFC 2544) and so is nobody's real network. */
const SUBNETS = 512;
const ATTEMPTS = 20;
/** Below are the gateway and what the engine may want for itself. */
const FIRST_HOST = 11;

/** Makes a network on a subnet that no other network of the engine has. */
export async function makeNetwork(engine: Engine, run: RunIdentity): Promise<RunNetwork> {
  const name = nameOf(run, "network");
  let refusal: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const draw = randomInt(SUBNETS);
    const prefix = `198.${18 + (draw >> 8)}.${draw & 255}`;
    try {
      await engine.createNetwork({
        Name: name,
        Driver: "bridge",
        Labels: labelsOf(run, "network"),
        IPAM: { Driver: "default", Config: [{ Subnet: `${prefix}.0/24`, Gateway: `${prefix}.1` }] },
      });
      return { name, address: (i) => `${prefix}.${FIRST_HOST + i}` };
    } catch (error) {
      refusal = error;
      if (!/overlap/i.test(textOf(error))) break;
    }
  }
  throw new EngineError(`The Docker engine makes no network for the run: ${textOf(refusal)}.`);
}
