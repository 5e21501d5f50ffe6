import { feature } from "topojson-client";
import type { MultiPolygon, Polygon, Position, FeatureCollection } from "geojson";
import type { Topology } from "topojson-specification";
import atlas from "world-atlas/land-50m.json" with { type: "json" };
import { mapBox } from "#app/_map/map-box.ts";
import { project } from "#app/_map/projection.ts";

/** Map units between two lines of the hatching. */
const PITCH = 4;
/** Shorter strokes are dust at every size. */
const SHORTEST = 1.6;

/**
 * The land as an engraver would draw it: horizontal strokes, coast to coast. One path of a few kilobytes, made once at
 * build time.
 */
export function landHatching(): string {
  const rings = landRings();
  const strokes: string[] = [];
  for (let y = PITCH / 2; y < mapBox.height; y += PITCH)
    for (const [from, to] of strokesAt(rings, y)) strokes.push(`M${from.toFixed(1)} ${y}H${to.toFixed(1)}`);
  return strokes.join("");
}

/** Where a horizontal line runs over land: crossings of all coasts, taken in pairs. */
export function strokesAt(rings: [number, number][][], y: number): [number, number][] {
  const crossings = rings.flatMap((ring) => crossingsOf(ring, y)).sort((a, b) => a - b);
  const strokes: [number, number][] = [];
  for (let index = 0; index + 1 < crossings.length; index += 2) {
    const [from, to] = [crossings[index]!, crossings[index + 1]!];
    if (to - from >= SHORTEST) strokes.push([from, to]);
  }
  return strokes;
}

function crossingsOf(ring: [number, number][], y: number): number[] {
  const crossings: number[] = [];
  for (const [index, [x1, y1]] of ring.entries()) {
    const [x2, y2] = ring[(index + 1) % ring.length]!;
    // Half-open, so that a corner which lies on the line counts once.
    if (y1 <= y === y2 <= y) continue;
    crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  }
  return crossings;
}

function landRings(): [number, number][][] {
  const topology = atlas as unknown as Topology;
  const land = feature(topology, topology.objects["land"]!) as unknown as FeatureCollection<Polygon | MultiPolygon>;
  return land.features.flatMap(({ geometry }) => polygonsOf(geometry).flat().filter(isInhabited).map(projectRing));
}

/** South of this there is ice and research. */
const SOUTH = -58;
const isInhabited = (ring: Position[]): boolean => ring.some(([, latitude]) => latitude! > SOUTH);

const polygonsOf = (geometry: Polygon | MultiPolygon): Position[][][] =>
  geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;

function projectRing(ring: Position[]): [number, number][] {
  return ring.map(([longitude, latitude]) => {
    const { x, y } = project([longitude!, latitude!]);
    return [x, y];
  });
}
