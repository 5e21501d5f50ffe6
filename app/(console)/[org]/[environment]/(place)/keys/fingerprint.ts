/** A certificate's fingerprint as tools print it, `SHA256 Fingerprint=AB:CD:…`, in the form in which it is kept. */
export function fingerprintOf(text: string): string {
  const hex = text
    .trim()
    .replace(/^sha-?256(?:\s+fingerprint=|:)/i, "")
    .replaceAll(":", "")
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : text.trim();
}
