import type { Bare, Schema } from "#contracts/walk-schema.ts";
import { kindOf } from "./type-of.ts";

const UNITS: readonly [string, number][] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
];

/** What holds where nothing is written; `required` where something has to be. */
export function defaultOf(schema: Schema): string {
  const { def } = (schema as Bare)._zod;
  if (def.type === "default" || def.type === "prefault") return written(schema, def.defaultValue);
  if (def.type === "optional") {
    const inner = defaultOf(def.innerType);
    return inner === "required" ? "" : inner;
  }
  if (def.type === "pipe") return defaultOf(def.in);
  return "required";
}

function written(schema: Schema, value: unknown): string {
  const kind = kindOf(schema);
  if (kind === "duration" && typeof value === "number") return `\`${duration(value)}\``;
  if (kind === "share" && typeof value === "number") return `\`${value * 100}%\``;
  // All of its members have defaults, and say them.
  if (typeof value === "object" && value !== null && Object.keys(value).length === 0)
    return Array.isArray(value) ? "none" : "";
  if (value === "") return "";
  return `\`${typeof value === "string" ? value : JSON.stringify(value).replaceAll(",", ", ")}\``;
}

function duration(ms: number): string {
  const unit = UNITS.find(([, size]) => ms > 0 && ms % size === 0);
  return unit ? `${ms / unit[1]}${unit[0]}` : `${ms}ms`;
}
