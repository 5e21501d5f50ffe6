import type { Malformed } from "#gateway/wire/index.ts";

export type Protocol = "http/1.1" | "h2" | "stream";

/** What a worker tells of its clients' connections. */
export interface ClientFigures {
  /** Open now. */
  protocols: Record<Protocol, number>;
  /** Since the last time. */
  accepted: Record<Protocol, number>;
  /** Bytes that were no request, by reason, since the last time. */
  malformed: Partial<Record<Malformed["code"] | "timeout", number>>;
  /** Connections that were closed at once, since there were as many as may be; since the last time. */
  turnedAway: number;
}

/** Connections by what they speak. Reasons are a fixed list, so nothing here grows. */
export class ClientCounts {
  readonly #open: ClientFigures["protocols"] = none();
  #accepted = none();
  #malformed: ClientFigures["malformed"] = {};
  #turnedAway = 0;

  opened(protocol: Protocol): void {
    this.#open[protocol] += 1;
    this.#accepted[protocol] += 1;
  }

  closed(protocol: Protocol): void {
    this.#open[protocol] -= 1;
  }

  refused(problem: Malformed | "timeout"): void {
    const reason = problem === "timeout" ? problem : problem.code;
    this.#malformed[reason] = (this.#malformed[reason] ?? 0) + 1;
  }

  turnedAway(): void {
    this.#turnedAway += 1;
  }

  take(): ClientFigures {
    const [accepted, malformed, turnedAway] = [this.#accepted, this.#malformed, this.#turnedAway];
    const figures = { protocols: { ...this.#open }, accepted, malformed, turnedAway };
    this.#turnedAway = 0;
    this.#accepted = none();
    this.#malformed = {};
    return figures;
  }
}

function none(): Record<Protocol, number> {
  return { "http/1.1": 0, h2: 0, stream: 0 };
}
