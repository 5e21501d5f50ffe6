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

/** Milliseconds from when a request was due to the last byte of its answer, so that a stall counts for all that it delayed. */
export async function pacedLatency(pace: Pace): Promise<{ p50: number; p99: number }> {
  // Its own process: sending evenly takes a processor's whole attention.
  const child = fork(import.meta.filename, [JSON.stringify(pace)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const [result] = (await once(child, "message")) as [{ p50: number; p99: number }];
  await once(child, "exit");
  return result;
}

if (process.send && process.argv[2]) await run(JSON.parse(process.argv[2]) as Pace);

async function run({ url, perSecond, seconds, connections }: Pace): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const text = `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`;
  const latencies: number[] = [];
  const open = await Promise.all(Array.from({ length: connections }, () => openOne(hostname, Number(port), latencies)));
  const total = perSecond * seconds;
  const startedAt = performance.now();
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond));
    for (; sent < due; sent += 1) {
      const connection = open[sent % connections]!;
      connection.due.push(startedAt + (sent / perSecond) * 1_000);
      connection.socket.write(text);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (latencies.length < total) await new Promise((resolve) => setImmediate(resolve));
  // The first second warms up what both sides do for the first time.
  const counted = latencies.slice(perSecond);
  for (const { socket } of open) socket.destroy();
  process.send!({ p50: quantile(counted, 0.5), p99: quantile(counted, 0.99) });
  process.disconnect?.();
}

async function openOne(host: string, port: number, latencies: number[]): Promise<{ socket: Socket; due: number[] }> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, "connect");
  const due: number[] = [];
  let pending = "";
  socket.on("data", (chunk: Buffer) => {
    pending += chunk.toString("latin1");
    for (let head = pending.indexOf("\r\n\r\n"); head !== -1; head = pending.indexOf("\r\n\r\n")) {
      const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, head))?.[1] ?? 0);
      if (pending.length < head + 4 + length) return;
      pending = pending.slice(head + 4 + length);
      latencies.push(performance.now() - due.shift()!);
    }
  });
  return { socket, due };
}
