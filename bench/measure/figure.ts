export interface Figure extends Record<string, number | string> {
  name: string;
}

const said: Figure[] = [];

/** One figure, one line of JSON. */
export function figure(bench: string, name: string, values: Record<string, number | string>): void {
  said.push({ name, ...values });
  process.stdout.write(`${JSON.stringify({ bench, name, ...values })}\n`);
}

/** All that were printed so far. */
export function figures(): readonly Figure[] {
  return said;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value below which a share (0..1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));
