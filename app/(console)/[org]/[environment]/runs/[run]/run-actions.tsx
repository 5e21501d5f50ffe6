"use client";

import { useMutation } from "@tanstack/react-query";
import { runLooks } from "./prepare-run.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import { problemOf } from "#app/_trpc/problem.ts";
import type { RunDetail } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";

/** Cancel what runs, try again what failed. */
export function RunActions({ org, runs, over }: { org: string; runs: RunDetail[]; over: boolean }) {
  const trpc = useTRPC();
  const cancel = useMutation(trpc.run.cancel.mutationOptions());
  const retry = useMutation(
    trpc.run.retry.mutationOptions({
      // The stream of a run that had ended is closed: a fresh page follows the second try from its start.
      onSuccess: () => window.location.reload(),
    }),
  );
  const failed = runs.find(({ state, failure }) => state === "failed" && failure?.retryable !== false);
  const open = over ? undefined : runs.find(({ state }) => !runLooks[state].over && state !== "cancelling");
  const error = cancel.error ?? retry.error;
  return (
    <>
      {error && <p className="text-sm text-bad-ink">{problemOf(error).message}</p>}
      {failed && (
        <Button
          look="primary"
          busy={retry.isPending && "Starting again…"}
          onClick={() => retry.mutate({ org, run: failed.id })}
        >
          Try again
        </Button>
      )}
      {open && (
        <Button busy={cancel.isPending && "Cancelling…"} onClick={() => cancel.mutate({ org, run: open.id })}>
          Cancel
        </Button>
      )}
    </>
  );
}
