import { durationText, rateText } from "#contracts/quantity-text.ts";

/**
 * Shorter ways to write a value that it may have, the shortest first. Whether a schema reads one as the same value is for
 * the caller to try: this knows how people write, and nothing of what is read.
 */
export function shortForms(value: unknown): unknown[] {
  if (typeof value === "number") return [durationText(value), `${Math.round(value * 10_000) / 100}%`];
  if (Array.isArray(value)) return value.length === 1 ? value : [];
  return isObject(value) ? shortObject(value) : [];
}

function shortObject(value: Record<string, unknown>): unknown[] {
  if (isRate(value)) return [rateText(value)];
  if (value.keyless === true) return ["none"];
  const [only, ...others] = Object.entries(value);
  // APIs of which everything is granted are a list of them.
  if (only && Object.values(value).every(isEmpty))
    return others.length > 0 ? [Object.keys(value)] : [only[0], [only[0]]];
  // What is beside it may be what follows from it: the burst of a spike arrest's rate.
  if (!only || others.length > 0) return Object.values(value).filter((member) => typeof member === "string");
  const [, inner] = only;
  return [...shortForms(inner), inner];
}

const isEmpty = (value: unknown) => isObject(value) && Object.keys(value).length === 0;

function isRate(value: Record<string, unknown>): value is { limit: number; windowMs: number } {
  return typeof value.limit === "number" && typeof value.windowMs === "number";
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
