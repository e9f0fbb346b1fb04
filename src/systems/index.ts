import type { System } from "../core/system.ts";
import { etcd } from "./etcd/index.ts";
import { redisSentinel } from "./redis-sentinel/index.ts";

/** All bundled external systems by name. */
export const SYSTEMS: Readonly<Record<string, System>> = { etcd, "redis-sentinel": redisSentinel };
