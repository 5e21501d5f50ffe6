import { readFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "#base/errors.ts";
import { defaultRegions } from "#contracts/deployment/default-regions.ts";
import { region, type Region } from "#contracts/deployment/region.ts";

/** The operator's regions, or the defaults. A file that does not parse ends the process: no half-known map. */
export function readRegions(file: string | undefined): Region[] {
  if (!file) return defaultRegions;
  return z
    .array(region)
    .min(1)
    .parse(JSON.parse(readFileSync(file, "utf8")));
}

export function findRegion(regions: Region[], id: string, field: string): Region {
  const found = regions.find((candidate) => candidate.id === id);
  if (found) return found;
  const known = regions.map((candidate) => candidate.id).join(", ");
  throw new AppError("invalid", `There is no region ${id}. Choose one of ${known}.`, {
    fields: [{ path: field, message: `expected one of ${known}` }],
  });
}

/** What a control plane and its gateway nodes cost a month, before anything is created. */
export function estimateCost(found: Region, parts: { controlPlane: boolean; nodes: number }) {
  const lines = [
    ...(parts.controlPlane
      ? [{ item: `Control plane, ${found.name}`, quantity: 1, monthly: found.price.controlPlane }]
      : []),
    ...(parts.nodes > 0
      ? [{ item: `Gateway node, ${found.name}`, quantity: parts.nodes, monthly: parts.nodes * found.price.node }]
      : []),
  ];
  return { currency: "USD" as const, monthly: lines.reduce((sum, line) => sum + line.monthly, 0), lines };
}
