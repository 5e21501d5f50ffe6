"use client";

import { useSubscription } from "@trpc/tanstack-react-query";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { RunEvent } from "#app/_trpc/views.ts";

/** Listens to one run from its first event on; after a lost connection it goes on where it stopped. Draws nothing. */
export function RunFeed({
  org,
  run,
  onEvent,
  onConnection,
}: {
  org: string;
  run: string;
  onEvent: (event: RunEvent) => void;
  onConnection: (run: string, up: boolean) => void;
}) {
  const trpc = useTRPC();
  useSubscription(
    trpc.run.events.subscriptionOptions(
      { org, run },
      {
        onData: ({ data }) => onEvent(data),
        onConnectionStateChange: ({ state, error }) => onConnection(run, !(state === "connecting" && error)),
      },
    ),
  );
  return null;
}
