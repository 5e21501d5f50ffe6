export type Coordinates = readonly [longitude: number, latitude: number];

const EARTH_RADIUS_KM = 6_371;

/** Along the great circle (haversine). */
export function distanceKm([lon1, lat1]: Coordinates, [lon2, lat2]: Coordinates): number {
  const rad = Math.PI / 180;
  const half =
    Math.sin(((lat2 - lat1) * rad) / 2) ** 2 +
    Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin(((lon2 - lon1) * rad) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(half));
}

/** `about 1,300 km`: two figures, because the visitor's own place is a guess. */
export function roughDistance(km: number): string {
  if (km < 100) return "near you";
  const grain = km < 1_000 ? 50 : 100;
  return `about ${(Math.round(km / grain) * grain).toLocaleString("en")} km`;
}
