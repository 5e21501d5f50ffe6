"use client";

import { useSyncExternalStore } from "react";
import type { Coordinates } from "#app/_map/distance.ts";
import { whereabouts } from "#app/_map/time-zones.ts";

/** Where the visitor is, about: from the browser's time zone alone. Null on the server and until the page is alive. */
export function useVisitor(): Coordinates | null {
  return useSyncExternalStore(never, guess, () => null);
}

// The time zone of a page does not change while it is open.
const never = () => () => {};

let guessed: Coordinates | null | undefined;
function guess(): Coordinates | null {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  guessed = guessed === undefined ? whereabouts(zone, -new Date().getTimezoneOffset()) : guessed;
  return guessed;
}
