export interface Problem {
  file: string;
  /** From 1. */
  line: number;
  /** Dotted: `apis[0].listen`. */
  path: string;
  message: string;
}
