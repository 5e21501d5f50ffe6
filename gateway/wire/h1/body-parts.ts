/** Takes a body's bytes. A chunk is the reader's own memory: who keeps it past the call copies it. */
export interface BodyParts {
  onBodyData(chunk: Buffer): void;
  /** `trailers` as `[name, value, …]`, where there were any. */
  onBodyEnd(trailers: string[] | undefined): void;
}
