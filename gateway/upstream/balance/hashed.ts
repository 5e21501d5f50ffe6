import type { Exchange } from "#gateway/pipeline/exchange.ts";
import type { Chooser } from "./chooser.ts";
import type { Target } from "./target.ts";

/**
 * Rendezvous hashing (Thaler, Ravishankar, 1996), weighted (Schindelhauer, Schomaker, 2005): each key goes to the target of
 * highest score. A target that leaves moves its own keys and no others; one that is refused, tried or open moves them to
 * each key's second choice.
 */
export function hashedChooser(
  targets: readonly Target[],
  read: (exchange: Exchange) => string | undefined,
  unkeyed: Chooser,
): Chooser {
  const seeds = targets.map(({ name }) => hashOf(name));
  // Comparing hashes is comparing scores where no weight differs; it saves a logarithm a target.
  const areEqual = targets.every((target) => target.pull === targets[0]!.pull);
  const score = (index: number, hash: number) => {
    const mixed = mix(hash ^ seeds[index]!);
    return areEqual ? mixed : -targets[index]!.pull / Math.log((mixed + 0.5) / 2 ** 32);
  };
  const best = (hash: number, isRefused: ((target: Target) => boolean) | undefined) => {
    let chosen: Target | undefined;
    let highest = -1;
    for (let index = 0; index < targets.length; index += 1) {
      const own = score(index, hash);
      if (own <= highest || isRefused?.(targets[index]!)) continue;
      highest = own;
      chosen = targets[index];
    }
    return chosen;
  };
  return {
    targets,
    first(exchange) {
      const value = read(exchange);
      return value === undefined ? unkeyed.first(exchange) : best(hashOf(value), undefined);
    },
    other(exchange, isRefused) {
      const value = read(exchange);
      return value === undefined ? unkeyed.other(exchange, isRefused) : best(hashOf(value), isRefused);
    },
  };
}

/** FNV-1a over UTF-16 units. Not secret: who knows the targets can choose keys that meet at one. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** MurmurHash3's finaliser: each bit of the input moves half of the output's. */
function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
