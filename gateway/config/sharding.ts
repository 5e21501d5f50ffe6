/** A node with tags loads the APIs that carry one of them, and all that carry none; a node without tags loads everything. */
export function carriesTag(api: unknown, tags: readonly string[]): boolean {
  const carried = (api as { tags?: unknown } | null)?.tags;
  if (tags.length === 0 || !Array.isArray(carried) || carried.length === 0) return true;
  return carried.some((tag) => tags.includes(tag as string));
}
