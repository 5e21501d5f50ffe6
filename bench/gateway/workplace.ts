import type { Measured } from "../measure/servers.ts";

/** What a part of the bench works with; whatever it starts through `keep` has ended when the part has. */
export interface Workplace {
  folder: string;
  keep: <T extends Measured>(server: T) => T;
}
