import type { IncomingMessage } from "node:http";
import { randomBytes } from "node:crypto";

const PLAUSIBLE = /^[\w.:@/+=-]{1,128}$/;
const prefix = randomBytes(6).toString("hex");
const ids = new WeakMap<IncomingMessage, string>();
let counter = 0;

/** The client's `X-Request-Id` where it is plausible, else one of ours. Made only when something needs to be named. */
export function requestIdOf(req: IncomingMessage): string {
  const given = req.headers["x-request-id"];
  if (typeof given === "string" && PLAUSIBLE.test(given)) return given;
  const id = ids.get(req) ?? `${prefix}-${(counter += 1).toString(36)}`;
  ids.set(req, id);
  return id;
}
