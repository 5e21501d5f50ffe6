import { fetchEngine } from "../engine/fetch.mjs";
import { ensurePackages, pinnedNode } from "./packages.mjs";
import { ensureRedis } from "./redis.mjs";
import { timed } from "./say.mjs";

/**
 * What a fresh clone lacks, fetched once and said aloud; gives the Node that everything else runs under. Plain JavaScript
 * without dependencies, for Node 20 and later: it runs before them.
 */
export async function prepare(root) {
  const node = await preparePackages(root);
  await timed("Redis", () => ensureRedis());
  await timed("Pulumi engine", () => fetchEngine(root, node));
  return node;
}

/** Only what static checks need. */
export async function preparePackages(root) {
  await timed("npm packages", () => ensurePackages(root));
  return pinnedNode(root);
}
