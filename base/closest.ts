/** Letters that a slip of the hand changes at most. */
const MOST_EDITS = 2;

/** The name that was probably meant; undefined where none is near. */
export function closest(written: string, names: readonly string[]): string | undefined {
  // A name that is far longer than any member is no slip, and must not cost its square.
  const near = names
    .filter((name) => Math.abs(name.length - written.length) <= MOST_EDITS)
    .map((name) => ({ name, edits: editsBetween(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.min(MOST_EDITS, Math.ceil(name.length / 3)));
  return near.toSorted((a, b) => a.edits - b.edits)[0]?.name;
}

/** Levenshtein's distance, one row at a time; two neighbours that changed places count as one. */
function editsBetween(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
