import type { RunFailure } from "#contracts/deployment/run.ts";
import { messageOf } from "#base/errors.ts";
import { RegionError } from "#infra/local/errors.ts";

/** A run that ends with a failure the user may read. */
export class RunFailed extends Error {
  readonly failure: RunFailure;

  constructor(failure: RunFailure, cause?: unknown) {
    super(failure.message, { cause });
    this.name = "RunFailed";
    this.failure = failure;
  }
}

/** Another worker has the run now; whatever this one still wants to write is refused. */
export class StaleLease extends Error {
  constructor(runId: string, epoch: number) {
    super(`epoch ${epoch} of run ${runId} is over`);
    this.name = "StaleLease";
  }
}

/** How each known cause reads: one sentence, a remedy, and whether the same run may succeed later. */
const known = {
  engine_missing: {
    message: "The Pulumi engine was not found.",
    remedy: "Run npm run doctor: it says how to get the engine. Then retry.",
    retryable: true,
  },
  wrong_passphrase: {
    message: "The stack's state does not open with its passphrase.",
    remedy:
      "The operator's secret key is not the one this stack was made with. Restore .causeway/secrets (or CAUSEWAY_SECRET_KEY).",
    retryable: true,
  },
  secret_key_changed: {
    message: "The stack's secret does not open with this operator's key.",
    remedy:
      "Restore the secret key this deployment was made with (.causeway/secrets or CAUSEWAY_SECRET_KEY), then retry.",
    retryable: true,
  },
  unreachable: {
    message: "The local region does not answer.",
    remedy: "It restarts by itself when npm start is running. Retry in a moment.",
    retryable: true,
  },
  disk_full: { message: "The disk is full.", remedy: "Free some space, then retry.", retryable: true },
  ports_exhausted: {
    message: "No port is free in this region's range.",
    remedy: "Destroy something that is not needed, then retry.",
    retryable: true,
  },
  port_in_use: {
    message: "A port of the stack is taken by another program.",
    remedy: "Stop that program, then retry.",
    retryable: true,
  },
  never_healthy: {
    message: "A process of the stack did not become ready.",
    remedy: "Its last lines say why. Retry once that is mended.",
    retryable: true,
  },
  database_unavailable: {
    message: "The region's PostgreSQL did not do what was asked.",
    remedy: "Check that it runs, then retry.",
    retryable: true,
  },
  program_missing: {
    message: "A program of the stack is not built.",
    remedy: "Restart npm start, which builds it.",
    retryable: true,
  },
  stale_epoch: {
    message: "Another worker has taken over this stack.",
    remedy: "Follow the newer run.",
    retryable: false,
  },
  state_locked: {
    message: "The stack's state is locked by another process.",
    remedy: "Retry: the lock of a dead worker is dropped.",
    retryable: true,
  },
  unknown_region: {
    message: "The deployment's region is not declared any more.",
    remedy: "Declare it again in CAUSEWAY_REGIONS_FILE, then retry.",
    retryable: true,
  },
  redis_missing: {
    message: "Redis is not installed on this machine.",
    remedy: "Install it (npm run doctor says how), then retry.",
    retryable: true,
  },
  cancelled: {
    message: "The run was cancelled before it was done.",
    remedy: "What it had not taken away yet is still there. Retry to finish it.",
    retryable: true,
  },
  followed_failed: {
    message: "The run that this one follows did not succeed.",
    remedy: "Retry that one first, then this one.",
    retryable: true,
  },
  left_behind: {
    message: "Something of the stack is still there.",
    remedy: "Retry: a destroy may be repeated.",
    retryable: true,
  },
  not_answering: {
    message: "The new stack does not answer at its address.",
    remedy: "Look at its log, then retry.",
    retryable: true,
  },
  provisioning_failed: {
    message: "Provisioning failed.",
    remedy: "The log of the run says at what. Retry once that is mended.",
    retryable: true,
  },
} as const satisfies Record<string, Omit<RunFailure, "code">>;
export type FailureCode = keyof typeof known;

/** `detail` is put behind the sentence: which process, which port, the last log lines. */
export function failed(code: FailureCode, detail?: string, cause?: unknown): RunFailed {
  const { message, remedy, retryable } = known[code];
  return new RunFailed({ code, message: detail ? `${message} ${detail}` : message, remedy, retryable }, cause);
}

/** Any thrown thing as a failure of a run. */
export function failureOf(error: unknown): RunFailure {
  if (error instanceof RunFailed) return error.failure;
  if (error instanceof RegionError) return failed(codeOfRegion(error.code), error.message, error).failure;
  return failureOfEngine(messageOf(error)).failure;
}

/** What Pulumi and the provider said, in our words. The provider marks its own errors with `causeway[code]`. */
export function failureOfEngine(text: string): RunFailed {
  const marked = /causeway\[(\w+)\] ([^]*)/.exec(text);
  if (marked) return failed(codeOfRegion(marked[1] ?? ""), firstPart(marked[2] ?? ""));
  if (/incorrect passphrase/i.test(text)) return failed("wrong_passphrase");
  if (/ENOENT/.test(text) && /pulumi/.test(text)) return failed("engine_missing");
  if (/no space left on device|ENOSPC/i.test(text)) return failed("disk_full");
  if (/stack is currently locked/i.test(text)) return failed("state_locked");
  return failed("provisioning_failed", firstPart(text));
}

function codeOfRegion(code: string): FailureCode {
  return code in known ? (code as FailureCode) : "provisioning_failed";
}

/** Enough for a person: the engine's command line, its repeated output and its stack traces stay out. */
function firstPart(text: string): string {
  const lines = (text.split(/^(?:code: -?\d+|\s*stdout:)/m)[0] || text)
    .split("\n")
    .filter((line) => !/^\s+at /.test(line));
  return lines.slice(0, 12).join("\n").slice(0, 1_500).trim();
}
