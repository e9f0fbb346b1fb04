import type { Invocation, NodeId, Outcome } from "../../../src/core/operation.ts";
import { type Letter, Table, type TableOptions } from "./table.ts";

/** What clients do in a walk, and what they may not be told. */
export interface Judge {
  /** The next thing that somebody asks a node for: this one, or any. */
  ask(table: Table): { readonly op: Invocation; readonly client?: string; readonly node?: NodeId };
  /** Called when request `id` was sent, and when it is answered: gives what is wrong with the answer. */
  asked(id: number, op: Invocation): void;
  answered(id: number, op: Invocation, outcome: Outcome): string | undefined;
}

export interface Walk {
  readonly violations: readonly string[];
  /** The names of all that was traced. */
  readonly events: ReadonlySet<string>;
}

/**
 * One random execution of real replicas: messages are delivered in any order, twice or never, timers fire early and late,
 * links are cut, nodes die, also in the middle of a sync. The same seed gives the same execution.
 */
export function walk(options: TableOptions & { readonly seed: number }, steps: number, judge: Judge): Walk {
  const table = new Table(options);
  const { random } = table;
  const violations: string[] = [];
  const open = new Map<number, Invocation>();
  let apart: ReadonlySet<NodeId> = new Set();

  const act = (): void => {
    const dice = random.below(100);
    const passing = table.mail.filter(({ from, to }) => apart.has(from) === apart.has(to));
    if (dice < 6) {
      const { op, client, node } = judge.ask(table);
      const id = table.request(node ?? random.pick(table.names), op, client);
      judge.asked(id, op);
      open.set(id, op);
    } else if (dice < 18 || passing.length === 0) {
      const timers = table.timers();
      const next = random.chance(0.7) ? timers[0] : random.pick(timers);
      if (next) table.fire(next.node, next.timer);
    } else if (dice < 20) apart = new Set(random.chance(0.4) ? [] : table.names.filter(() => random.chance(0.4)));
    else if (dice < 21) table.crash(random.pick(table.names));
    else {
      // Mostly what was sent first.
      const letter = random.chance(0.6) ? (passing[0] as Letter) : random.pick(passing);
      if (dice >= 28) table.mail.splice(table.mail.indexOf(letter), 1);
      if (dice < 23) table.mail.splice(table.mail.indexOf(letter), 1);
      else if (dice < 24) table.crashAt(letter);
      else table.hand(letter);
    }
  };

  for (let step = 0; step < steps && violations.length === 0; step++) {
    act();
    for (const [id, op] of open) {
      const reply = table.replies.get(id);
      if (!reply) continue;
      open.delete(id);
      const wrong = judge.answered(id, op, reply.outcome);
      if (wrong !== undefined) violations.push(wrong);
    }
    violations.push(...table.violations);
  }
  return { violations, events: new Set(table.traced.map(({ event }) => event)) };
}

/** Walks one seed after the other until something is wrong; gives all events and the first violations. */
export function explore(walks: number, one: (seed: number) => Walk): Walk {
  const events = new Set<string>();
  for (let seed = 1; seed <= walks; seed++) {
    const seen = one(seed);
    for (const event of seen.events) events.add(event);
    if (seen.violations.length > 0)
      return { violations: seen.violations.map((text) => `seed ${seed}: ${text}`), events };
  }
  return { violations: [], events };
}
