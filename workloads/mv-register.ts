import { convergence, crdt, durability, linearizability, sequential } from "../checkers/index.ts";
import { register } from "../checkers/specs/index.ts";
import type { Json } from "../src/core/json.ts";
import type { Spec } from "../src/core/spec.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey } from "./schedule.ts";
import { sessions } from "./sessions.ts";

/** The one value in what a read yielded; `undefined` if there are several, which no register has that is written in turn. */
function only(value: Json): Json | undefined {
  if (value === null) return null;
  if (!Array.isArray(value)) throw new TypeError("the output of a read is a list of values, or null");
  const [one = null, other] = value as readonly Json[];
  return other === undefined ? one : undefined;
}

/** A register per key whose reads yield a list: the one value, or none (Shapiro et al., INRIA RR-7506, 2011, §3.2.2). */
const spec: Spec<Json> = {
  ...register,
  name: "mv-register",
  functions: { read: "input null, output the list of all concurrent values, or null", write: "input the value" },
  step: (s, op, outcome) => {
    if (op.f !== "read" || outcome.type !== "ok") return register.step(s, op, outcome);
    const value = only(outcome.value);
    return value === undefined ? undefined : register.step(s, op, { type: "ok", value });
  },
  leadsTo: (s, op, outcome) => spec.step(s, op, outcome) !== undefined,
};

/** Registers that keep concurrent writes until one that has seen them (Riak's siblings): which are lost, or come back. */
export const mvRegister: Workload = {
  name: "mv-register",
  description: "read and write registers that show all concurrent values; values are unique per key",
  spec,
  plan: sessions.plan,
  closingReads: readEveryKey,
  checkers: [linearizability(spec), sequential(spec), crdt("mv-register"), convergence(), durability("register")],
};
