/** `{ plan: "gold" }` → `plan=gold`, one a line. */
export function metadataLines(metadata: Record<string, string>): string {
  return Object.entries(metadata)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
}

/** Lines of `name=value`; the first equals sign parts them, and a line without one is a name without a value. */
export function readMetadata(text: string): Record<string, string> {
  const pairs = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name.trim(), value.join("=").trim()];
    });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Whether metadata can be written as lines: a value of several lines, or a name with an equals sign, cannot. */
export function canBeLines(metadata: Record<string, string>): boolean {
  const read = readMetadata(metadataLines(metadata));
  return (
    Object.keys(read).length === Object.keys(metadata).length &&
    Object.entries(metadata).every(([name, value]) => read[name] === value)
  );
}
