let second = 0;
let text = "";

/** Now, as a Date field says it: an origin server with a clock, and a proxy for one without, tell when they answered (RFC 9110, 6.6.1). */
export function dateText(): string {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1_000).toUTCString();
  }
  return text;
}
