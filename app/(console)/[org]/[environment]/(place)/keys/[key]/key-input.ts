/** What names a key at every procedure. */
export interface KeyInput {
  org: string;
  environment: string;
  key: string;
}
