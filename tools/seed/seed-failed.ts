/** Ends the seed with one line: what happened, and what to do. */
export class SeedFailed extends Error {}
