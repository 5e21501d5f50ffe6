import type { Region } from "#app/_trpc/views.ts";
import type { Spot } from "#app/_map/map-box.ts";
import { project } from "#app/_map/projection.ts";

/** A region at its spot, with the side on which its name has room. */
export interface Place extends Spot {
  id: string;
  name: string;
  side: "left" | "right";
}

const CLOSE_X = 90;
const CLOSE_Y = 26;

/** Of two regions close together the western one has its name to the left, so that names do not cross. */
export function placeRegions(regions: Pick<Region, "id" | "name" | "coordinates">[]): Place[] {
  const spots = regions.map(({ id, name, coordinates }) => ({ id, name, ...project(coordinates) }));
  return spots.map((spot) => ({
    ...spot,
    side: spots.some((other) => crowdsFromTheEast(spot, other)) ? "left" : "right",
  }));
}

function crowdsFromTheEast(spot: Spot, other: Spot): boolean {
  const dx = other.x - spot.x;
  return dx > 0 && dx < CLOSE_X && Math.abs(other.y - spot.y) < CLOSE_Y;
}
