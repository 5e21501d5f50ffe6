import { messageOf } from "#base/errors.ts";
import {
  challengeResponse,
  enrolResponse,
  renewSigningInput,
  type EnrolRequest,
  type EnrolResponse,
} from "#contracts/link/enrolment.ts";
import { problem } from "#contracts/problem.ts";
import type { z } from "zod";
import type { Identity } from "./identity.ts";

const TIMEOUT_MS = 10_000;

/** The console said no, with its own sentence. A status of 429 or 5xx is `ConsoleUnavailable` instead. */
export class ConsoleRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The console could not be reached, or asked to come back later. */
export class ConsoleUnavailable extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The console's routes for nodes, under `{url}/api/v1/link`. */
export class ConsoleClient {
  readonly #base: string;
  readonly #signal: AbortSignal;

  constructor(url: string, signal: AbortSignal) {
    this.#base = `${url}/api/v1/link`;
    this.#signal = signal;
  }

  enrol(request: EnrolRequest): Promise<EnrolResponse> {
    return this.#post("/enrol", request, enrolResponse);
  }

  /** A fresh credential against a signature by the node's key. */
  async renew(node: string, identity: Identity): Promise<EnrolResponse> {
    const { challenge } = await this.#post("/challenge", { node }, challengeResponse);
    const signature = identity.sign(renewSigningInput(node, challenge));
    return this.#post("/renew", { node, challenge, signature }, enrolResponse);
  }

  async #post<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T> {
    const { status, headers, text } = await this.#send(path, body);
    const payload = parseJson(text);
    if (status === 200) {
      const parsed = answer.safeParse(payload);
      if (parsed.success) return parsed.data;
      throw new ConsoleUnavailable(`${this.#base}${path} did not answer as a console does; is CAUSEWAY_URL right?`);
    }
    const said = problem.safeParse(payload).data;
    const sentence = said?.detail ?? said?.title ?? `${this.#base}${path} answered ${status}`;
    if (status === 429 || status >= 500)
      throw new ConsoleUnavailable(sentence, Number(headers.get("retry-after")) * 1_000 || undefined);
    throw new ConsoleRefusal(status, sentence);
  }

  async #send(path: string, body: unknown) {
    try {
      const response = await fetch(this.#base + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      this.#signal.throwIfAborted();
      const { cause } = error as { cause?: unknown };
      throw new ConsoleUnavailable(`the console at ${this.#base} cannot be reached: ${messageOf(cause ?? error)}`);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page or an empty body: no answer of a console, which the callers say.
    return undefined;
  }
}
