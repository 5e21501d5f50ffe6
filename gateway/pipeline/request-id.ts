import { randomBytes } from "node:crypto";
import type { Fields } from "#gateway/wire/index.ts";

const PLAUSIBLE = /^[\w.:@/+=-]{1,128}$/;
const prefix = randomBytes(6).toString("hex");
let counter = 0;

export function requestIdOf(fields: Fields): string {
  const given = fields.get("x-request-id");
  if (given !== undefined && PLAUSIBLE.test(given)) return given;
  counter += 1;
  return `${prefix}-${counter.toString(36)}`;
}
