import { onPath, versionOf } from "./on-path.mjs";
import { giveUp } from "./say.mjs";
import { installWith } from "./system-packages.mjs";

const commands = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** A browser's file for the end-to-end tests, installed where that is allowed; `undefined` when there is none. */
export function ensureChromium() {
  const named = process.env.CAUSEWAY_CHROMIUM;
  if (named && !findChromium()) giveUp(`CAUSEWAY_CHROMIUM names ${named}, which does not start.`);
  const found = findChromium();
  if (found) return found;
  installWith("Chromium", { apt: "chromium", dnf: "chromium", apk: "chromium" });
  return findChromium();
}

/** One that starts: some systems put a stand-in on PATH which only asks for another package manager. */
export function findChromium(named = process.env.CAUSEWAY_CHROMIUM) {
  const files = (named ? [named] : commands).map((command) => onPath(command));
  return files.find((file) => file && versionOf(file));
}
