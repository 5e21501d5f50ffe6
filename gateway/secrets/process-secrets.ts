import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What plugins need of secrets. */
export interface Secrets {
  /** What the reference holds now; undefined where it cannot be read. Ask at the request, since values are refreshed. */
  read(reference: string): string | undefined;
}

export const processSecrets: Secrets = {
  read(reference) {
    if (reference.startsWith("env://")) return process.env[reference.slice("env://".length)];
    if (!reference.startsWith("file://")) return undefined;
    try {
      return readFileSync(fileURLToPath(reference), "utf8").trim();
    } catch {
      // Missing or unreadable: to whoever asks both are a value that is not there.
      return undefined;
    }
  },
};
