/**
 * What may stand in a header field: no control characters (RFC 9110, 5.5), so that no value ends its line, and UTF-8 byte
 * for byte, since a field is bytes and not characters. Empty for what is not there; lists with commas; objects as JSON.
 */
export function fieldValue(value: unknown): string {
  const text = textOf(value);
  if (PLAIN.test(text)) return text;
  return Buffer.from(text.replace(CONTROLS, ""), "utf8").toString("latin1");
}

const PLAIN = /^[ -~]*$/;
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f]/g;

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(textOf).join(",");
  return JSON.stringify(value) ?? "";
}
