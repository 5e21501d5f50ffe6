import { geoNaturalEarth1Raw } from "d3-geo";
import { mapBox, type Spot } from "#app/_map/map-box.ts";

// Natural Earth without its polar caps and without most of the Pacific: nothing is deployed there.
const NORTH = 77;
const WEST_EDGE = 0.065;
const EAST_EDGE = 0.97;
const [halfWidth] = geoNaturalEarth1Raw(Math.PI, 0);
const [, northY] = geoNaturalEarth1Raw(0, radians(NORTH));
const worldWidth = 2 * halfWidth;
const scale = mapBox.width / (worldWidth * (EAST_EDGE - WEST_EDGE));

/** Longitude and latitude in degrees → a spot of the map. */
export function project([longitude, latitude]: readonly [number, number]): Spot {
  const [x, y] = geoNaturalEarth1Raw(radians(longitude), radians(latitude));
  return { x: (x + halfWidth - worldWidth * WEST_EDGE) * scale, y: (northY - y) * scale };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
