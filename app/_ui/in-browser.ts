"use client";

import { useSyncExternalStore } from "react";

/**
 * What only the browser knows and does not change while the page is open: null on the server and until the page is alive.
 * `read` gives the same value each time.
 */
export function useInBrowser<T>(read: () => T): T | null {
  return useSyncExternalStore(never, read, () => null);
}

/** Whether the page hears what is done to it: not on the server, nor until its script has run. */
export function useAlive(): boolean {
  return useInBrowser(yes) ?? false;
}

const yes = () => true;
const never = () => () => {};
