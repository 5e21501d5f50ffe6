import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs } from "#base/backoff.ts";
import { systemClock } from "#base/clock.ts";
import { messageOf } from "#base/errors.ts";
import type { Logger } from "#base/log.ts";
import { ConsoleRefusal } from "./console-client.ts";
import type { Credentials } from "./credentials.ts";
import type { LinkSession, SessionEnd } from "./session.ts";
import { openSocket, UpgradeRefused, type OpenSocket } from "./socket.ts";

/** Failures in a row after which the console is asked where the control plane is by now. */
const ASK_AGAIN_AFTER = 5;
/** Another process has this node's identity: at once, the two would replace each other for ever. */
const REPLACED_PAUSE_MS = 30_000;

export type LinkState = "connecting" | "connected" | "disconnected" | "retired";

/** A session that has ended; `stood`: it was one, where a failed dial is none. */
type End = SessionEnd & { stood: boolean };

/** Holds the link for as long as the node lives: connect, serve the session, back off, again. */
export class LinkKeeper {
  readonly #credentials: Credentials;
  readonly #greet: (opened: OpenSocket) => LinkSession;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  state: LinkState = "connecting";
  /** Why there is no link, in words; null while there is one. */
  problem: string | null = null;
  session: LinkSession | undefined;

  constructor(credentials: Credentials, greet: (opened: OpenSocket) => LinkSession, log: Logger, signal: AbortSignal) {
    this.#credentials = credentials;
    this.#greet = greet;
    this.#log = log;
    this.#signal = signal;
  }

  /** Resolves when the signal is aborted, or when the node was retired. */
  async run(): Promise<void> {
    for (let failures = 0; ;) {
      const end = await this.#hold(failures).catch((error: unknown) => this.#failed(error));
      if (this.#signal.aborted || this.#isRetired()) return;
      failures = end.stood ? 0 : failures + 1;
      this.state = "disconnected";
      this.problem = end.reason;
      const waitMs = end.reconnectAfterMs ?? backoffMs(failures, { baseMs: 100, maxMs: 5_000 });
      this.#log.warn({ waitMs, failures }, `link: ${end.reason}`);
      await sleep(waitMs, undefined, { signal: this.#signal }).catch(() => {});
    }
  }

  async #hold(failures: number): Promise<End> {
    const isDue = this.#credentials.dueInMs() === 0;
    if (isDue || (failures > 0 && failures % ASK_AGAIN_AFTER === 0)) await this.#credentials.renew();
    const { linkUrl, credential } = this.#credentials.held!;
    const session = this.#greet(await openSocket(linkUrl, credential, this.#signal));
    this.session = session;
    this.state = "connected";
    this.problem = null;
    this.#log.info({ linkUrl }, "link stands");
    const renewal = this.#renewInTime();
    const end = await session.ended;
    renewal.abort();
    this.session = undefined;
    if (end.goodbye === "retired" || end.goodbye === "revoked") this.#retire(end.reason);
    const reconnectAfterMs = end.goodbye === "replaced" ? REPLACED_PAUSE_MS : end.reconnectAfterMs;
    return { ...end, reconnectAfterMs, stood: true };
  }

  async #failed(error: unknown): Promise<End> {
    const { status } = error instanceof UpgradeRefused || error instanceof ConsoleRefusal ? error : { status: 0 };
    if (status === 410) this.#retire(messageOf(error));
    if (status === 401 && error instanceof UpgradeRefused)
      await this.#credentials.renew().catch((refused: unknown) => {
        if (refused instanceof ConsoleRefusal && refused.status === 410) this.#retire(refused.message);
      });
    return { goodbye: null, reason: messageOf(error), reconnectAfterMs: undefined, stood: false };
  }

  #isRetired(): boolean {
    return this.state === "retired";
  }

  /** Told that it is no node any more: it stops asking and goes on serving what it knows. */
  #retire(reason: string): void {
    this.state = "retired";
    this.problem = reason;
    this.#log.error(`this node was retired (${reason}); it serves what it knows and hears of nothing new`);
  }

  /** Within the session, so that a day-old link gets its new credential without being cut. */
  #renewInTime(): AbortController {
    const over = new AbortController();
    const renew = async () => {
      await systemClock.sleep(this.#credentials.dueInMs(), over.signal);
      await this.#credentials.renew();
    };
    renew().catch((error: unknown) => {
      if (!over.signal.aborted) this.#log.warn({ err: error }, "the node credential could not be renewed");
    });
    return over;
  }
}
