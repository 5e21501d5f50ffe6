"use client";

import { useSyncExternalStore } from "react";
import { exactTime, relativeTime } from "#app/_ui/time.ts";

/** A relative time that stays true while one looks at it; the exact one on hover and for machines. */
export function When({ at }: { at: string }) {
  const nowMs = useNow();
  return (
    <time dateTime={at} title={exactTime(at)} className="whitespace-nowrap" suppressHydrationWarning>
      {nowMs === null ? exactTime(at) : relativeTime(at, nowMs)}
    </time>
  );
}

/** The time of this page's clock, or null on the server, where it would be another one. */
export function useNow(): number | null {
  return useSyncExternalStore(subscribe, readNow, () => null);
}

// One clock for all the times of a page, wound every second.
let nowMs = Date.now();
const readNow = () => nowMs;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const wake of listeners) wake();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
