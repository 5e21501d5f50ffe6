/** Changes to the headers that go upstream, decided at load. */
export interface HeaderEdit {
  /** Lower-case names that do not pass. */
  drop: ReadonlySet<string>;
  /** `[name, value, …]` that is added. */
  add: readonly string[];
}

/** One edit after another: what the first took off stays off, and the second decides about what the first added. */
export function withEdit(before: HeaderEdit | undefined, edit: HeaderEdit): HeaderEdit {
  if (before === undefined) return edit;
  const kept: string[] = [];
  for (let index = 0; index < before.add.length; index += 2)
    if (!edit.drop.has(before.add[index]!.toLowerCase())) kept.push(before.add[index]!, before.add[index + 1]!);
  return { drop: new Set([...before.drop, ...edit.drop]), add: [...kept, ...edit.add] };
}
