import type { Reply } from "#gateway/pipeline/index.ts";

/** gRPC's codes for what a gateway answers by itself; those not named here are UNKNOWN. */
const CODES: Record<number, number> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  408: 4,
  411: 3,
  413: 8,
  422: 3,
  429: 8,
  500: 13,
  501: 12,
  502: 14,
  503: 14,
  504: 4,
};
const UNKNOWN = 2;

/**
 * "Trailers-only" (gRPC over HTTP/2): status and message stand in the head, and nothing follows. A problem document would
 * tell a gRPC client nothing.
 */
export function grpcFields({ status, body }: Reply): string[] {
  const code = CODES[status] ?? UNKNOWN;
  return ["content-type", "application/grpc", "grpc-status", String(code), "grpc-message", messageOf(body.join(""))];
}

/** Percent-encoded outside of visible ASCII, as gRPC wants its messages. */
function messageOf(text: string): string {
  const detail = /"detail":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? "";
  return detail.replace(/[^\x20-\x24\x26-\x7e]/g, (character) => encodeURIComponent(character));
}
