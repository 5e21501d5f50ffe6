import { readdirSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 300;
const SETTLE_MS = 100;
/** A file that is written without an end is read all the same, as it is by then. */
const MOST_SETTLES = 5;

/**
 * Calls `onChange` when a watched file, or the list of a watched folder, is another than before, until the signal aborts.
 * It polls: file notifications miss renamed editors' files, mounted volumes and the symbolic links of a Kubernetes ConfigMap.
 */
export async function watchFileConfiguration(
  path: string,
  files: () => readonly string[],
  onChange: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let before = fingerprint(path, files());
  while (!signal.aborted) {
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    if (fingerprint(path, files()) === before) continue;
    const now = await settled(() => fingerprint(path, files()), signal);
    if (signal.aborted || now === before) continue;
    const watched = files();
    await onChange();
    // The reload may read other files than before: then they are the new ground. With the same files the state from
    // before the reload stays the ground, so that a change made during it is seen as one more change.
    before = files() === watched ? now : fingerprint(path, files());
  }
}

/** Once it stands still: a file that is half written may read as whole, with half of its APIs. */
async function settled(look: () => string, signal: AbortSignal): Promise<string> {
  let now = look();
  for (let tries = 0; tries < MOST_SETTLES && !signal.aborted; tries += 1) {
    await sleep(SETTLE_MS, undefined, { signal }).catch(() => {});
    const next = look();
    if (next === now) break;
    now = next;
  }
  return now;
}

function fingerprint(path: string, files: readonly string[]): string {
  return [path, ...files].map(stampOf).join("|");
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    const isFolder = statSync(path).isDirectory();
    return isFolder ? readdirSync(path).join(",") : `${mtimeMs}:${size}:${ino}`;
  } catch {
    // Gone for a moment while an editor renames, or for good: either way another state than before.
    return "absent";
  }
}
