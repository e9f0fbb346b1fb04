import type { JsonObject } from "../../core/json.ts";
import type { Random } from "../../core/random.ts";
import type { Env, Message, Reply, Request } from "../../core/replica.ts";
import { msToNs, nsToMs } from "../../core/time.ts";
import { freezeJson } from "./freeze.ts";
import { MessageFlight } from "./network.ts";
import type { SimNode, Surroundings } from "./node.ts";
import { Timer } from "./timer.ts";

/** The world as one incarnation of a node sees it. The origin of its monotonic clock is its own, as after a reboot. */
export function makeEnv(node: SimNode, where: Surroundings, random: Random): Env {
  const { id, time, timers } = node;
  const originMs = random.below(1_000_000) - nsToMs(time.nowNs);
  return {
    id,
    nodes: where.nodes,
    peers: where.nodes.filter((peer) => peer !== id),
    disk: node.disk,
    wallMs: () => node.clock.readMs(time.nowNs),
    monoMs: () => originMs + nsToMs(time.nowNs),
    random: () => random.unit(),

    send(to: string, message: Message): void {
      const link = node.links.get(to);
      if (!link)
        throw new Error(`${id} cannot send to ${to}: ${to === id ? "that is itself" : "there is no such node"}`);
      node.put(new MessageFlight(link, where.freeze ? freezeJson(message) : message));
    },

    setTimer(name: string, afterMs: number): void {
      if (!Number.isFinite(afterMs)) throw new RangeError(`timer "${name}" cannot be set to ${afterMs} ms`);
      let timer = timers.get(name);
      if (!timer) {
        timer = new Timer(node, name);
        timers.set(name, timer);
      }
      timer.set(Math.max(0, msToNs(afterMs)));
    },

    clearTimer: (name: string) => timers.get(name)?.clear(),

    reply(request: Pick<Request, "client" | "id">, reply: Reply): void {
      if (where.freeze) freezeJson(reply);
      const { client, id: requestId } = request;
      node.put({ leave: () => where.reply(id, client, requestId, reply) });
    },

    trace(event: string, detail: JsonObject): void {
      if (!where.listens(event)) return;
      if (where.freeze) freezeJson(detail);
      node.put({ leave: () => where.trace(id, event, detail) });
    },
  };
}
