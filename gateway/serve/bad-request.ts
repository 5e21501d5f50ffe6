import type { Duplex } from "node:stream";
import { problemReply } from "#gateway/pipeline/index.ts";

const answers: Record<string, [status: number, code: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, "headers_too_large", "The request's headers are too large."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "request_timeout", "The request did not arrive in time."],
};

/**
 * Framing that the strict parser refuses: both lengths, two lengths, folded or bare line ends, a space before a colon. The
 * connection ends with the answer, because where the next request would begin is exactly what is in doubt.
 */
export function answerBadRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, code, detail] = answers[error.code ?? ""] ?? [
    400,
    "bad_request",
    "The request is not well-formed HTTP.",
  ];
  const { body, contentType } = problemReply(status, code, detail);
  const text = `${body[0]}${body[1]}`;
  socket.end(
    `HTTP/1.1 ${status} ${titles[status]}\r\nContent-Type: ${contentType}\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
    () => socket.destroy(),
  );
}

const titles: Record<number, string> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};
