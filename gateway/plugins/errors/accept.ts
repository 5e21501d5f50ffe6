/**
 * How much a receiver likes a media type, 0..1, by the range that says most about it (RFC 9110, 12.5.1). A field of absurd
 * length is read to a bound.
 */
export function qualityOf(accept: string, type: string): number {
  const group = `${type.slice(0, type.indexOf("/"))}/*`;
  let quality = 0;
  let precision = -1;
  for (const entry of accept.slice(0, MAX_LENGTH).split(",")) {
    const [range = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    const found = range === type ? 2 : range === group ? 1 : range === "*/*" ? 0 : -1;
    if (found <= precision) continue;
    precision = found;
    quality = weightOf(parameters);
  }
  return quality;
}

function weightOf(parameters: readonly string[]): number {
  const written = parameters.find((parameter) => parameter.startsWith("q="));
  if (written === undefined) return 1;
  const weight = Number(written.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
}

const MAX_LENGTH = 2_048;
