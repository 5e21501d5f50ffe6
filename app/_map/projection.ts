import { geoNaturalEarth1Raw } from "d3-geo";

/** The map's own units: every picture of it is a scaled copy of this box. */
export const mapBox = { width: 1_000, height: 452 } as const;

export interface Spot {
  x: number;
  y: number;
}

// Natural Earth, cut below the polar caps and with Greenland's north: nothing is deployed there.
const NORTH = 77;
const [halfWidth] = geoNaturalEarth1Raw(Math.PI, 0);
const [, northY] = geoNaturalEarth1Raw(0, radians(NORTH));
const scale = mapBox.width / (2 * halfWidth);

/** Longitude and latitude in degrees → a spot of the map. */
export function project([longitude, latitude]: readonly [number, number]): Spot {
  const [x, y] = geoNaturalEarth1Raw(radians(longitude), radians(latitude));
  return { x: (x + halfWidth) * scale, y: (northY - y) * scale };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
