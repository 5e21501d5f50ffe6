/** `0`, `1,204`, `12.4k`, `3.1M`. */
export function count(value: number): string {
  if (value < 10_000) return value.toLocaleString("en");
  if (value < 1_000_000) return `${trim(value / 1_000)}k`;
  return `${trim(value / 1_000_000)}M`;
}

/** `0 %`, `0.4 %`, `12 %`; a dash where there is nothing to divide. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent < 10 && percent > 0 ? trim(percent) : Math.round(percent)} %`;
}

/** `0.8 ms`, `42 ms`, `1.3 s`; a dash where nothing was measured. */
export function milliseconds(value: number | null): string {
  if (value === null) return "–";
  if (value < 10) return `${trim(value)} ms`;
  return value < 1_000 ? `${Math.round(value)} ms` : `${trim(value / 1_000)} s`;
}

/** `512 B`, `2.4 kB`, `31 MB`. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${trim(value / 1_000 ** power)} ${units[power]}`;
}

/** Calls a second: `0`, `0.4`, `12`; a dash where nobody was heard. */
export function perSecond(value: number | null | undefined): string {
  if (value == null) return "–";
  return value > 0 && value < 0.1 ? "< 0.1" : trim(value);
}

/** One decimal below ten, none above, no trailing zero. */
function trim(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
