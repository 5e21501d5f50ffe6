import type { Exchange } from "./exchange.ts";

/** Its calls may be streams that are open for hours, and its clients read trailers and no body. */
export function isGrpc({ inbound, fields }: Pick<Exchange, "inbound" | "fields">): boolean {
  return inbound.version === "2.0" && fields.get("content-type")?.startsWith("application/grpc") === true;
}
