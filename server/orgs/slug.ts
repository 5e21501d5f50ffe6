/** `Ångström & Söhne` → `angstrom-sohne`; falls back when nothing is left. */
export function slugOf(name: string, fallback: string): string {
  const text = name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return text || fallback;
}
