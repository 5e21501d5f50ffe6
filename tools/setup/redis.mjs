import { onPath } from "./on-path.mjs";
import { giveUp } from "./say.mjs";
import { installWith } from "./system-packages.mjs";

/** `redis-server` on PATH: tests start one, and clusters on this machine each have their own, whatever REDIS_URL says. */
export function ensureRedis() {
  if (onPath("redis-server")) return;
  installWith("Redis", { apt: "redis-server", dnf: "redis", apk: "redis", brew: "redis" });
  if (!onPath("redis-server")) giveUp("Redis is needed: install it (redis-server on PATH), then run this again.");
}
