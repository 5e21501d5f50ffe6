import { createServer } from "node:http";
import { waitUntil } from "#base/wait.ts";

/**
 * A small service behind the demo's gateways: `main.ts PORT CONSOLE_URL`. It ends by itself once the console is gone,
 * so that nobody has to remember it.
 */
const [port, consoleUrl = ""] = process.argv.slice(2);

const server = createServer((request, response) => {
  const path = request.url ?? "/";
  const status = path.endsWith("/fail") ? 503 : request.method === "POST" ? 201 : 200;
  // Answers take their time, each path its own, so that the charts have something to tell.
  setTimeout(
    () => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ service: "causeway-demo", method: request.method, path }));
    },
    3 + ((path.length * 7) % 40),
  );
});

server.listen(Number(port), "127.0.0.1");

/** A minute: a console that is started again finds it where it was. */
const MISSES = 12;
let misses = 0;
const consoleIsGone = async () => {
  const there = await fetch(consoleUrl, { method: "HEAD", redirect: "manual" }).then(
    () => true,
    () => false,
  );
  misses = there ? 0 : misses + 1;
  return misses > MISSES;
};
await waitUntil(consoleIsGone, { what: "the console is gone", timeoutMs: Number.MAX_SAFE_INTEGER, everyMs: 5_000 });
server.close();
server.closeAllConnections();
