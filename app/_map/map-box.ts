/** The map's own units: every picture of it is a scaled copy of this box. */
export const mapBox = { width: 1_000, height: 462 } as const;

export interface Spot {
  x: number;
  y: number;
}
