/** The moment some days from now, or null for none. */
export function expiryOf(days: string, nowMs: number): string | null {
  return days === "" ? null : new Date(nowMs + Number(days) * 86_400_000).toISOString();
}
