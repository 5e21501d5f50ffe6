import { EventEmitter } from "node:events";
import { afterEach, expect, test } from "vitest";
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
  const nothing = () => {};
  const socket = Object.assign(new EventEmitter(), { readyState: 1, OPEN: 1, send: nothing, close: nothing });
  open.push(socket);
  const told: number[] = [];
  const heartbeat = () => ({ appliedHash: null, load: 0, connections: 0, rps: 0, errors: 0, memoryBytes: 0 });
  const nodes = (count: number) => told.push(count);
  const handlers = { snapshot: nothing, events: nothing, resync: nothing, skew: nothing, nodes, heartbeat };
  // The session reads no more of a socket and of its own greeting than is here.
  const plain = socket as unknown as WebSocket;
  const hello = { type: "hello" } as unknown as Hello;
  const session = new LinkSession(plain, hello, handlers, new Spool(folder(), 1_000, log), log);
  const says = (message: FromPlane) => socket.emit("message", Buffer.from(JSON.stringify(message)));
  says({ type: "heartbeatAck", sentAtMs: 1, nowMs: 2 });
  expect(told).toEqual([]);
  says({ type: "heartbeatAck", sentAtMs: 1, nowMs: 2, nodes: 3 });
  expect(told).toEqual([3]);
  session.leave();
});
