import type { Json } from "../../core/json.ts";
import type { Outcome } from "../../core/operation.ts";
import type { Machine } from "../shared/group.ts";
import type { Contents } from "../shared/key-value.ts";
import { type Attempt, asCommand, failed, ok, type Place } from "./messages.ts";
import type { Settings } from "./settings.ts";

/** A session that has not expired. */
export type Session = {
  /** How often it was renewed. */
  readonly renewals: number;
  /** The newest attempt that it has given up or let go of, and whether it had the lock: for those who ask again. */
  readonly deleted: number;
  readonly held: boolean;
};

/** An ephemeral node: the first of a queue has the lock. */
export type Node = Attempt & { readonly sequence: number };

const SESSION = "session ";
const QUEUE = "queue ";
const COUNTER = "counter ";

/** All sessions by name. */
export const sessionsIn = (contents: ReadonlyMap<string, Json>): [string, Session][] =>
  [...contents].flatMap(([cell, value]): [string, Session][] =>
    cell.startsWith(SESSION) ? [[cell.slice(SESSION.length), value as Session]] : [],
  );

/** The nodes of a lock, in order of their sequence numbers. */
export const queueOf = (contents: ReadonlyMap<string, Json>, key: string): readonly Node[] =>
  (contents.get(QUEUE + key) ?? []) as readonly Node[];

/**
 * The state that the log builds up: sessions, and for each lock a queue of ephemeral nodes that go with their sessions (Hunt
 * et al., USENIX ATC 2010, §2.2 and §2.4). Every command names its attempt, so that it may come twice.
 */
export const machineFor =
  ({ recipe, bug }: Settings): Machine =>
  (contents, op) => {
    const command = asCommand(op);
    const { session: name } = command.input;
    const session = contents.get(SESSION + name) as Session | undefined;
    if (command.f === "open") {
      if (session === undefined)
        contents.set(SESSION + name, { renewals: 0, deleted: 0, held: false } satisfies Session);
      return ok(null);
    }
    if (session === undefined) return failed("key-does-not-exist", `the session ${name} has expired`);
    switch (command.f) {
      case "renew":
        contents.set(SESSION + name, { ...session, renewals: session.renewals + 1 });
        return ok(null);
      case "expire":
        // Renewed since the leader thought so.
        if (session.renewals === command.input.renewals) expire(contents, name, bug === "counter-restarts");
        return ok(null);
      case "create":
        return create(contents, command.key, command.input, session, recipe === "lease-key");
      case "look":
        return placeOf(contents, command.key, command.input);
      case "delete":
        return remove(contents, command.key, command.input, session, bug === "counter-restarts");
    }
  };

function expire(contents: Contents, session: string, countsAnew: boolean): void {
  contents.delete(SESSION + session);
  for (const cell of [...contents.keys()])
    if (cell.startsWith(QUEUE))
      keep(contents, cell.slice(QUEUE.length), (node) => node.session !== session, countsAnew);
}

/** Numbers come from a counter of the lock's own, which outlives its nodes. */
function create(contents: Contents, key: string, attempt: Attempt, session: Session, alone: boolean): Outcome {
  const queue = queueOf(contents, key);
  if (attempt.number <= session.deleted) return failed("precondition-failed", "this attempt has been given up");
  if (!queue.some((node) => isOf(node, attempt))) {
    if (alone && queue.length > 0) return failed("precondition-failed", `somebody has ${key}`);
    const sequence = Number(contents.get(COUNTER + key) ?? 0) + 1;
    contents.set(COUNTER + key, sequence);
    contents.set(QUEUE + key, [...queue, { session: attempt.session, number: attempt.number, sequence }]);
  }
  return placeOf(contents, key, attempt);
}

function placeOf(contents: Contents, key: string, attempt: Attempt): Outcome {
  const queue = queueOf(contents, key);
  const at = queue.findIndex((node) => isOf(node, attempt));
  const own = queue[at];
  if (own === undefined) return failed("key-does-not-exist", `there is no such node of ${key}`);
  return ok({ sequence: own.sequence, before: queue[at - 1]?.sequence ?? null } satisfies Place);
}

/** Yields whether the node had the lock. */
function remove(contents: Contents, key: string, attempt: Attempt, session: Session, countsAnew: boolean): Outcome {
  if (attempt.number === session.deleted) return ok(session.held);
  const [first] = queueOf(contents, key);
  const held = first !== undefined && isOf(first, attempt);
  keep(contents, key, (node) => !isOf(node, attempt), countsAnew);
  if (attempt.number > session.deleted)
    contents.set(SESSION + attempt.session, { ...session, deleted: attempt.number, held });
  return ok(held);
}

const isOf = (node: Node, { session, number }: Attempt): boolean => node.session === session && node.number === number;

function keep(contents: Contents, key: string, stays: (node: Node) => boolean, countsAnew: boolean): void {
  const queue = queueOf(contents, key).filter(stays);
  if (queue.length > 0) contents.set(QUEUE + key, queue);
  else {
    contents.delete(QUEUE + key);
    if (countsAnew) contents.delete(COUNTER + key);
  }
}
