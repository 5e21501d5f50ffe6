import { fork } from "node:child_process";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { quantile } from "./figure.ts";

export interface Pace {
  url: string;
  perSecond: number;
  seconds: number;
  connections: number;
}

export interface Paced {
  /** Milliseconds from when a request was due to the last byte of its answer, so that a stall counts for all that it delayed. */
  p50: number;
  p99: number;
  /** Requests whose answer was no 200, or never came. */
  failed: number;
  sent: number;
}

/** Sends at a pace, whatever becomes of it. */
export async function sendPaced(pace: Pace): Promise<Paced> {
  // Its own process: sending evenly takes a processor's whole attention.
  const child = fork(import.meta.filename, [JSON.stringify(pace)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const [result] = (await once(child, "message")) as [Paced];
  await once(child, "exit");
  return result;
}

if (process.send && process.argv[2]) await run(JSON.parse(process.argv[2]) as Pace);

async function run({ url, perSecond, seconds, connections }: Pace): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const text = `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
  const seen: Seen = { latencies: [], failed: 0, lost: 0 };
  const open = await Promise.all(Array.from({ length: connections }, () => openOne(hostname, Number(port), seen)));
  const total = perSecond * seconds;
  const startedAt = performance.now();
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond));
    for (; sent < due; sent += 1) {
      const connection = open[sent % connections]!;
      if (connection.socket.destroyed) {
        seen.lost += 1;
        continue;
      }
      connection.due.push(startedAt + (sent / perSecond) * 1_000);
      connection.socket.write(text);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (seen.latencies.length + seen.lost < total) await new Promise((resolve) => setImmediate(resolve));
  // The first second warms up what both sides do for the first time.
  const counted = seen.latencies.slice(perSecond);
  for (const { socket } of open) socket.destroy();
  const failed = seen.failed + seen.lost;
  process.send!({ p50: quantile(counted, 0.5), p99: quantile(counted, 0.99), failed, sent: total } satisfies Paced);
  process.disconnect?.();
}

interface Seen {
  latencies: number[];
  /** Answered, and not with 200. */
  failed: number;
  /** Without an answer: their connection ended. */
  lost: number;
}

async function openOne(host: string, port: number, seen: Seen): Promise<{ socket: Socket; due: number[] }> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, "connect");
  const due: number[] = [];
  socket.on("error", () => {});
  socket.on("close", () => (seen.lost += due.splice(0).length));
  let pending = "";
  socket.on("data", (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    for (let head = pending.indexOf("\r\n\r\n"); head !== -1; head = pending.indexOf("\r\n\r\n")) {
      const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, head))?.[1] ?? 0);
      if (pending.length < head + 4 + length) return;
      if (!pending.startsWith("HTTP/1.1 200")) seen.failed += 1;
      pending = pending.slice(head + 4 + length);
      seen.latencies.push(performance.now() - due.shift()!);
    }
  });
  return { socket, due };
}
