import pino, { type Logger } from "pino";
import { messageOf } from "./errors.ts";

export type { Logger };

/** JSON lines on stdout. Fields that carry credentials are redacted wherever they are logged. */
export function createLogger(room: string, options: { level?: string; node?: string } = {}): Logger {
  return pino({
    level: options.level ?? "info",
    base: { room, ...(options.node ? { node: options.node } : {}) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        "authorization",
        "cookie",
        "token",
        "secret",
        "password",
        "passphrase",
        "credential",
        "*.authorization",
        "*.cookie",
        "*.token",
        "*.secret",
        "*.password",
        "*.passphrase",
        "*.credential",
      ],
      censor: "[redacted]",
    },
  });
}

/** A promise nobody awaits, on purpose: its failure is logged, never unhandled. */
export function background(task: Promise<unknown>, log: Logger, what: string): void {
  task.catch((error: unknown) => log.error({ err: error }, `${what}: ${messageOf(error)}`));
}
