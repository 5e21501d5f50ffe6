import { vi } from "vitest";
import { ServerConnection, type Inbound, type Pace, type ServerTimes } from "#gateway/wire/index.ts";
import { MemorySocket } from "./memory-socket.ts";

export const TIMES: ServerTimes = {
  headMs: 1_000,
  idleMs: 2_000,
  bodyIdleMs: 3_000,
  stalledMs: 4_000,
  lingerMs: 500,
  firstMs: 100,
};
export const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
export const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";
export const KEEP = { close: false, bodiless: false };

/** To be undone with `useRealTimers`. */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
}

/** Turns of the event loop in which streams hand on what they have. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
/** So much time of the stopped clock. */
export async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await settled();
}

/** A connection over a socket in memory. */
export function connect(onRequest: (inbound: Inbound) => void, pace: Pace = { bytesPerSecond: 0, graceMs: 0 }) {
  const memory = new MemorySocket();
  const problems: string[] = [];
  const connection = new ServerConnection(memory.socket, {
    times: TIMES,
    pace,
    maxHeadBytes: 8_192,
    onRequest,
    onMalformed: (socket, problem) => {
      problems.push(problem === "timeout" ? problem : problem.code);
      socket.destroy();
    },
    onPreface: () => problems.push("preface"),
  });
  const send = (text: string) => memory.send([Buffer.from(text, "latin1")], false).then(settled);
  return { memory, connection, problems, send };
}
