import { writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A service in a process of its own, which tests kill, stop and let reset connections (SIGUSR2). It writes `got <id>` for
 * each request before it does anything else, at once, so that a SIGKILL loses no line.
 */
const ANSWER_AFTER_MS = 5;
let resets = false;
process.on("SIGUSR2", () => (resets = true));

const server = createServer((request, response) => {
  writeSync(1, `got ${String(request.headers["x-id"])}\n`);
  if (resets) return void request.socket.resetAndDestroy();
  request.resume();
  request.once("end", () => setTimeout(() => response.end("ok"), ANSWER_AFTER_MS));
});
server.listen(0, "127.0.0.1", () => writeSync(1, `port ${(server.address() as AddressInfo).port}\n`));
