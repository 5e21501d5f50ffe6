import type { Socket } from "node:net";
import { problemReply } from "#gateway/pipeline/index.ts";
import type { Malformed } from "#gateway/wire/index.ts";

const statuses: Record<Malformed["code"], [status: number, title: string]> = {
  bad_request: [400, "Bad Request"],
  bad_request_target: [400, "Bad Request"],
  headers_too_large: [431, "Request Header Fields Too Large"],
  target_too_long: [414, "URI Too Long"],
  method_not_served: [501, "Not Implemented"],
  http_version_unsupported: [505, "HTTP Version Not Supported"],
};

/**
 * Bytes that are no request, or that two readers could read differently. The connection ends with the answer, because
 * where the next request would begin is exactly what is in doubt.
 */
export function answerBadRequest(socket: Socket, problem: Malformed | "timeout"): void {
  if (!socket.writable) return void socket.destroy();
  const [status, title] = problem === "timeout" ? [408, "Request Timeout"] : statuses[problem.code];
  const code = problem === "timeout" ? "request_timeout" : problem.code;
  const detail = problem === "timeout" ? "The request did not arrive in time." : problem.message;
  const { body, contentType } = problemReply(status, code, detail);
  const text = `${body[0]}${body[1]}`;
  const head = `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n`;
  // What still comes is read and thrown away for a moment: a reset would take the answer with it.
  socket.on("data", () => {});
  socket.resume();
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(linger));
  socket.end(head + text, () => socket.once("end", () => socket.destroy()));
}

const LINGER_MS = 1_000;
