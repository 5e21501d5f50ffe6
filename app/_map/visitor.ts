"use client";

import { useQuery } from "@tanstack/react-query";
import type { Coordinates } from "#app/_map/distance.ts";
import type { Spot } from "#app/_map/map-box.ts";
import { whereabouts } from "#app/_map/time-zones.ts";
import { useInBrowser } from "#app/_ui/in-browser.ts";

/** Where the visitor is, about: from the browser's time zone alone. Null on the server and until the page is alive. */
export function useVisitor(): Coordinates | null {
  return useInBrowser(guess);
}

/** Where that is on the map. The projection is fetched for it: all other spots come from the server. */
export function useVisitorSpot(visitor: Coordinates | null): Spot | null {
  const { data } = useQuery({
    queryKey: ["visitor-spot", visitor],
    queryFn: async () => (await import("#app/_map/projection.ts")).project(visitor!),
    enabled: visitor !== null,
    staleTime: Infinity,
  });
  return data ?? null;
}

let guessed: Coordinates | null | undefined;
function guess(): Coordinates | null {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  guessed = guessed === undefined ? whereabouts(zone, -new Date().getTimezoneOffset()) : guessed;
  return guessed;
}
