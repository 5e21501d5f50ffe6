/** `internal, eu` → the tags; commas and spaces part them, each is kept once. */
export function splitTags(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((tag) => tag !== ""))];
}
