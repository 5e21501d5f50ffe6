import { connect, type Socket } from "node:net";
import { systemClock } from "#base/clock.ts";

/** Requests at a steady pace, whatever becomes of them: an open loop, as many callers are. */
export interface PacedLoad {
  /** Base URLs; requests go to them in turn. */
  urls: readonly string[];
  path: string;
  headers: Readonly<Record<string, string>>;
  perSecond: number;
  seconds: number;
  /** To each of the URLs. */
  connections: number;
}

export interface PacedAnswers {
  /** How many answers had each status. */
  statuses: ReadonlyMap<number, number>;
  /** When each answer came, in order, by URL. */
  answeredAtMs: readonly (readonly number[])[];
}

const TICK_MS = 5;

/**
 * Sends the requests, pipelined, and resolves once all answers have come. Pipelining keeps the cost of asking below that of
 * answering, so that one process can ask more than twelve can answer.
 */
export async function sendPaced(load: PacedLoad): Promise<PacedAnswers> {
  const sockets = await Promise.all(load.urls.map((url) => openAll(url, load.connections)));
  const statuses = new Map<number, number>();
  const answeredAtMs = load.urls.map((): number[] => []);
  const answered = sockets.flatMap((all, node) =>
    all.map((socket) => countAnswers(socket, statuses, answeredAtMs[node]!)),
  );
  const asked = sockets.flat().map(() => 0);
  const texts = load.urls.map((url) => requestText(url, load));
  const total = Math.round(load.perSecond * load.seconds);
  const startedAt = performance.now();
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1_000) * load.perSecond));
    for (; sent < due; sent += 1) {
      const [node, connection] = [sent % load.urls.length, Math.floor(sent / load.urls.length) % load.connections];
      asked[node * load.connections + connection]! += 1;
      sockets[node]![connection]!.write(texts[node]!);
    }
    await systemClock.sleep(TICK_MS);
  }
  await Promise.all(answered.map((counter, index) => counter.reached(asked[index]!)));
  for (const socket of sockets.flat()) socket.destroy();
  return { statuses, answeredAtMs };
}

function openAll(url: string, connections: number): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  return Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(Number(port), hostname, () => resolve(socket.off("error", reject)));
          socket.once("error", reject);
        }),
    ),
  );
}

function requestText(url: string, { path, headers }: PacedLoad): string {
  const fields = Object.entries({ Host: new URL(url).host, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `GET ${path} HTTP/1.1\r\n${fields.join("")}\r\n`;
}

/** Status lines are counted where they stand: answers have small JSON bodies that hold none. */
function countAnswers(socket: Socket, statuses: Map<number, number>, times: number[]) {
  let [rest, count, wanted] = ["", 0, Infinity];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits hears of it; while nobody does yet, it is kept.
  promise.catch(() => {});
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    const text = rest + chunk;
    for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      statuses.set(Number(status), (statuses.get(Number(status)) ?? 0) + 1);
      times.push(performance.now());
      count += 1;
    }
    // What may be the beginning of a status line, and one character less than a whole one.
    rest = text.slice(Math.max(text.lastIndexOf("\n") + 1, text.length - 12));
    if (count >= wanted) resolve();
  });
  socket.once("error", reject);
  socket.once("close", () => reject(new Error(`the connection was closed after ${count} answers`)));
  return {
    reached(answers: number): Promise<void> {
      wanted = answers;
      if (count >= wanted) resolve();
      return promise;
    },
  };
}
