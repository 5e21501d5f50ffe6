/** User and password of `Authorization: Basic` (RFC 7617); undefined: another scheme, or none. */
export function readBasic(field: string | undefined): { user: string; password: string } | "malformed" | undefined {
  if (field === undefined || field.slice(0, 6).toLowerCase() !== "basic ") return undefined;
  const encoded = field.slice(6).trim();
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return "malformed";
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? "malformed" : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
