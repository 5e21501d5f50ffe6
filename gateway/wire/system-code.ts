/** The system's or TLS's code of an error. Happy eyeballs collects one error an address; the first names the cause. */
export function systemCodeOf(error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined;
  const { code, errors } = error as { code?: unknown; errors?: unknown[] };
  if (typeof code === "string") return code;
  return errors?.[0] === undefined ? undefined : systemCodeOf(errors[0]);
}
