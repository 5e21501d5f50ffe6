import { randomBytes } from "node:crypto";

/** Over HTTP/2 a WebSocket needs no key (RFC 8441, 5), and an upstream of HTTP/1.1 asks for one: the client's own, or one of ours. */
export function addWebSocketKey(fields: string[]): void {
  if (!fields.includes("sec-websocket-key")) fields.push("sec-websocket-key", randomBytes(16).toString("base64"));
}
