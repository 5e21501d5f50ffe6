/** Where to go after signing in: a path of ours, never another site's address. */
export function nextPath(wanted: string | null | undefined): string {
  if (!wanted?.startsWith("/")) return "/";
  const here = "https://console.invalid";
  if (!URL.canParse(wanted, here)) return "/";
  const url = new URL(wanted, here);
  return url.origin === here ? url.pathname + url.search : "/";
}
