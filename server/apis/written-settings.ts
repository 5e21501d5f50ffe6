import { apiInput, type ApiDetail } from "#contracts/plane/apis.ts";
import { writeSource } from "../source/write-source.ts";

/** What is edited as text: all of an API but its document, which has a text of its own. */
export const settingsOfApi = apiInput.omit({ document: true });

/** An API with its settings as text: one answer, so that both are of the same version. */
export function withWritten(api: ApiDetail) {
  return { ...api, written: writtenSettings(api.settings) };
}

/** An API's settings as people write them in a file. */
export function writtenSettings(settings: Record<string, unknown>): string {
  return writeSource(settingsOfApi, settings);
}
