import { describe, expect, it } from "vitest";
import { distanceKm, roughDistance } from "#app/_map/distance.ts";
import { landHatching, strokesAt } from "#app/_map/land.ts";
import { placeRegions } from "#app/_map/place.ts";
import { mapBox } from "#app/_map/map-box.ts";
import { project } from "#app/_map/projection.ts";
import { whereabouts } from "#app/_map/time-zones.ts";

const dublin = [-6.26, 53.35] as const;
const frankfurt = [8.68, 50.11] as const;

describe("project", () => {
  it("keeps every inhabited place inside the box, east right of west and north above south", () => {
    const spots = [dublin, frankfurt, [174.76, -36.85], [-68.3, -54.8], [-149.9, 61.22]] as [number, number][];
    for (const { x, y } of spots.map(project)) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(mapBox.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(mapBox.height);
    }
    expect(project(dublin).x).toBeLessThan(project(frankfurt).x);
    expect(project(dublin).y).toBeLessThan(project(frankfurt).y);
  });
});

describe("land", () => {
  it("a line over an island with a lake is hatched on both sides of the lake", () => {
    const square = (from: number, to: number): [number, number][] => [
      [from, from],
      [to, from],
      [to, to],
      [from, to],
    ];
    expect(strokesAt([square(0, 30), square(10, 20)], 15)).toEqual([
      [0, 10],
      [20, 30],
    ]);
  });

  it("the whole picture stays small enough to be one request", () => {
    const path = landHatching();
    expect(path).toMatch(/^M[\d.]+ \d+H/);
    expect(path.length).toBeLessThan(40_000);
  });
});

it("of two regions close together the western one is named to the left", () => {
  const [first, second] = placeRegions([
    { id: "a", name: "Dublin", coordinates: [...dublin] },
    { id: "b", name: "Frankfurt", coordinates: [...frankfurt] },
  ]);
  expect([first?.side, second?.side]).toEqual(["left", "right"]);
});

describe("distance", () => {
  it("Dublin to Frankfurt is about 1,100 km", () => {
    expect(distanceKm(dublin, frankfurt)).toBeCloseTo(1_090, -2);
    expect(roughDistance(distanceKm(dublin, frankfurt))).toBe("about 1,100 km");
  });
  it("does not pretend to know metres", () => {
    expect(roughDistance(60)).toBe("near you");
    expect(roughDistance(430)).toBe("about 450 km");
  });
});

it("a zone without an entry is placed by its clock", () => {
  expect(whereabouts("Europe/Dublin", 0)).toEqual([-6.26, 53.35]);
  expect(whereabouts("Mars/Olympus", 330)?.[0]).toBe(82.5);
});

it("a clock that is set to UTC does not place anybody", () => {
  expect(whereabouts("UTC", 0)).toBeNull();
  expect(whereabouts("Etc/UTC", 0)).toBeNull();
});
