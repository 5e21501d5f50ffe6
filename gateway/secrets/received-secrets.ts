import { processSecrets, type Secrets } from "./process-secrets.ts";

/** A worker's secrets: its own environment and files, and what the primary read in stores. */
export class ReceivedSecrets implements Secrets {
  #values: ReadonlyMap<string, string> = new Map();

  receive(values: readonly (readonly [reference: string, value: string])[]): void {
    this.#values = new Map(values);
  }

  read(reference: string): string | undefined {
    return this.#values.get(reference) ?? processSecrets.read(reference);
  }
}
