/** What each byte may be part of, as bits, so that a parser asks one table and not a regular expression a field. */
export const TOKEN = 1;
export const FIELD_VALUE = 2;
export const TARGET = 4;

export const CHARACTERS = new Uint8Array(256);

for (let code = 0; code < 256; code += 1) {
  const text = String.fromCharCode(code);
  let kind = 0;
  // RFC 9110, 5.6.2.
  if (/[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(text)) kind |= TOKEN;
  // RFC 9110, 5.5: visible characters, obs-text, space and tab; no other control character.
  if (code === 0x09 || (code >= 0x20 && code !== 0x7f)) kind |= FIELD_VALUE;
  // RFC 3986 knows visible ASCII alone; a fragment is never sent (RFC 9112, 3.2), and what some read as a slash is none.
  if (code > 0x20 && code < 0x7f && text !== "#" && text !== "\\") kind |= TARGET;
  CHARACTERS[code] = kind;
}

export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index += 1)
    if ((CHARACTERS[text.charCodeAt(index)]! & TOKEN) === 0) return false;
  return text.length > 0;
}
