"use client";

import { useSyncExternalStore } from "react";

/**
 * What only the browser knows and does not change while the page is open: null on the server and until the page is alive.
 * `read` gives the same value each time.
 */
export function useInBrowser<T>(read: () => T): T | null {
  return useSyncExternalStore(never, read, () => null);
}

const never = () => () => {};
