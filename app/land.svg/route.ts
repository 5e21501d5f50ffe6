import { landHatching } from "#app/_map/land.ts";
import { mapBox } from "#app/_map/map-box.ts";

export const dynamic = "force-static";

/** The land of the map, as a mask: the page gives it the colour of its theme. */
export function GET(): Response {
  const picture =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${mapBox.width} ${mapBox.height}" preserveAspectRatio="none">` +
    `<path d="${landHatching()}" stroke="#000" stroke-width="1.5" fill="none"/></svg>`;
  return new Response(picture, {
    headers: { "content-type": "image/svg+xml", "cache-control": "public, max-age=86400" },
  });
}
