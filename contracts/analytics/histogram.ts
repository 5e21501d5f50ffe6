/**
 * A histogram whose percentiles survive merging: logarithmic buckets (DDSketch, Masson et al., VLDB 2019), relative
 * error 2 %. Sparse: `[bucket, count]` pairs in ascending order of bucket. Values are microseconds ≥ 1.
 */
export type Histogram = [bucket: number, count: number][];

const GAMMA = 1.02 / 0.98;
const LN_GAMMA = Math.log(GAMMA);
/** ln(10⁹ µs) / ln γ: sixteen minutes; longer values count in the last bucket. */
export const MAX_BUCKET = 519;

export function bucketOf(us: number): number {
  if (us <= 1) return 0;
  return Math.min(MAX_BUCKET, Math.ceil(Math.log(us) / LN_GAMMA));
}

/** The value that stands for a bucket: at most 2 % from any value in it. */
export function valueOf(bucket: number): number {
  return (2 * GAMMA ** bucket) / (GAMMA + 1);
}

export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  const counts = new Map<number, number>(a);
  for (const [bucket, count] of b) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  return [...counts].sort(([x], [y]) => x - y);
}

/** The value in microseconds below which a share `quantile` (0..1) of the observations lies; null when there are none. */
export function quantileOf(histogram: Histogram, quantile: number): number | null {
  const total = histogram.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(quantile * total));
  let seen = 0;
  for (const [bucket, count] of histogram) {
    seen += count;
    if (seen >= rank) return valueOf(bucket);
  }
  return valueOf(histogram.at(-1)![0]);
}
