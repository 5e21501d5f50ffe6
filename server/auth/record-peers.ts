import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

const slot = Symbol.for("causeway.console.peers");

/**
 * Appends each connection's own address to `X-Forwarded-For` before the server looks at the request, as a proxy would.
 * Next fills the header only where there is none (`??=`), so that a client that sends one would otherwise choose its own
 * address, and route handlers never see the socket.
 */
export function recordPeers(): void {
  const holder = globalThis as { [slot]?: true };
  // Next may load this module in several graphs of one process: one entry a hop.
  if (holder[slot]) return;
  holder[slot] = true;
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const claimed = request.headers["x-forwarded-for"];
    const peer = request.socket.remoteAddress ?? "unknown";
    request.headers["x-forwarded-for"] = claimed ? `${String(claimed)}, ${peer}` : peer;
  });
}
