"use client";

import { useState } from "react";
import { distanceKm, roughDistance, type Coordinates } from "#app/_map/distance.ts";
import type { Place } from "#app/_map/place.ts";
import { useVisitor, useVisitorSpot } from "#app/_map/visitor.ts";
import { WorldMap, type MapLamp, type MapLink } from "#app/_map/world-map.tsx";
import type { Region } from "#app/_trpc/views.ts";
import { RadioCards, type Choice } from "#app/_ui/choice.tsx";

/** A region chosen on the map or in the list; both are the same choice. */
export function RegionPicker({
  legend,
  regions,
  places,
  value,
  onChange,
  price,
  home,
  error,
}: {
  legend: string;
  regions: Region[];
  places: Place[];
  value: string | null;
  onChange: (region: string) => void;
  /** Dollars a month of what is about to stand there. */
  price: (region: Region) => number;
  /** The home region, where a cluster's road leads. */
  home?: string;
  error?: string | undefined;
}) {
  const visitor = useVisitor();
  const spot = useVisitorSpot(visitor);
  const [pointed, setPointed] = useState<string | null>(null);
  const nearest = visitor && nearestOf(regions, visitor);
  const lamps = places.map((place): MapLamp => {
    const chosen = place.id === value;
    return { ...place, kind: place.id === home ? "home" : chosen ? "cluster" : "idle" };
  });
  return (
    <div className="grid gap-4">
      <div className="rounded-lg border bg-surface px-2 pt-3 pb-1 sm:px-5">
        <WorldMap
          lamps={lamps}
          links={roadHome(places, value, home)}
          visitor={spot}
          pointed={pointed ?? value}
          onSelect={onChange}
          onPoint={setPointed}
        />
      </div>
      <RadioCards
        legend={legend}
        columns={2}
        value={value}
        onChange={onChange}
        onPoint={setPointed}
        error={error}
        choices={regions.map((region): Choice => {
          const distance = visitor && roughDistance(distanceKm(visitor, region.coordinates));
          return {
            value: region.id,
            name: region.name,
            description: (
              <>
                {region.residency}
                {distance && (
                  <span className="mt-1 block text-ink-3">
                    {distance === "near you" ? "Near you" : `${sentence(distance)} from you`}
                    {region.id === nearest && distance !== "near you" && ", the nearest"}
                  </span>
                )}
              </>
            ),
            aside: (
              <>
                <span className="font-medium text-ink">${price(region)}</span>
                <span className="block text-xs text-ink-3">a month</span>
              </>
            ),
          };
        })}
      />
      {visitor && (
        <p className="text-sm text-ink-3">
          <span aria-hidden="true" className="mr-2 ml-0.5 inline-block size-1.5 rotate-45 bg-ink align-middle" />
          Your place is guessed from your time zone; distances are approximate.
        </p>
      )}
    </div>
  );
}

function nearestOf(regions: Region[], visitor: Coordinates): string | undefined {
  const sorted = regions.toSorted((a, b) => distanceKm(visitor, a.coordinates) - distanceKm(visitor, b.coordinates));
  return sorted[0]?.id;
}

function roadHome(places: Place[], value: string | null, home: string | undefined): MapLink[] {
  const from = places.find(({ id }) => id === home);
  const to = places.find(({ id }) => id === value);
  return from && to && from !== to ? [{ id: "planned", from, to, busy: false, broken: true }] : [];
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
