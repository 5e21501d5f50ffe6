/** Everything that a path such as `$.data[*]` leads to; what is not there leads to nothing. */
export function valuesAt(value: unknown, path: string): unknown[] {
  const steps = path.match(/[A-Za-z0-9_-]+|\[\*\]/g) ?? [];
  let found: unknown[] = [value];
  for (const step of steps) found = found.flatMap((each) => (step === "[*]" ? entriesOf(each) : memberOf(each, step)));
  return found;
}

function entriesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function memberOf(value: unknown, name: string): unknown[] {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return [];
  return [(value as Record<string, unknown>)[name]];
}
