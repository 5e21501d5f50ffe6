import { EventEmitter } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import type WebSocket from "ws";
import { createLogger } from "#base/log.ts";
import type { FromPlane, Hello } from "#contracts/link/messages.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { LinkSession } from "./session.ts";
import { Spool } from "./spool.ts";

const folder = temporaryFolders();
const log = createLogger("test", { level: "silent" });
const open: EventEmitter[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.emit("close", 1000, Buffer.from("over"));
});

test("what the plane counts in its cluster is told; a plane that does not count says nothing", () => {
  const socket = Object.assign(new EventEmitter(), { readyState: 1, OPEN: 1, send: vi.fn(), terminate: vi.fn() });
  open.push(socket);
  const nodes = vi.fn();
  const nothing = () => {};
  const handlers = { snapshot: nothing, events: nothing, resync: nothing, skew: nothing, nodes, heartbeat: vi.fn() };
  // The session reads no more of a socket and of its own greeting than is here.
  new LinkSession(socket as unknown as WebSocket, {} as Hello, handlers, new Spool(folder(), 1_000, log), log);
  const says = (message: FromPlane) => socket.emit("message", Buffer.from(JSON.stringify(message)));
  says({ type: "heartbeatAck", sentAtMs: 1, nowMs: 2 });
  expect(nodes).not.toHaveBeenCalled();
  says({ type: "heartbeatAck", sentAtMs: 1, nowMs: 2, nodes: 3 });
  expect(nodes).toHaveBeenCalledWith(3);
});
