/** `2027-01-01T09:00:00Z` → what a browser's field for date and time holds: the same moment, in the time of this place. */
export function localTime(at: string): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The moment of such a field's text; null for none. */
export function momentOf(text: string): string | null {
  return text === "" ? null : new Date(text).toISOString();
}
