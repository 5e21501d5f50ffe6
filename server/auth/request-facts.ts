/**
 * Whether a writing request comes from our own pages: `Sec-Fetch-Site` where the browser sends it (it cannot be forged
 * by a page), else `Origin` against the host. Requests with neither are not a browser's and carry no ambient cookie.
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site) return site === "same-origin" || site === "none";
  const origin = headers.get("origin");
  if (!origin) return true;
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return URL.canParse(origin) && new URL(origin).host === host;
}
