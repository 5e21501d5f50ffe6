/** Whether a text has the shape of a JWT: three parts, the first of them JSON that begins with a brace. */
export function looksLikeJwt(text: string): boolean {
  if (!text.startsWith("eyJ")) return false;
  const first = text.indexOf(".");
  const second = text.indexOf(".", first + 1);
  return first > 0 && second > 0 && text.indexOf(".", second + 1) < 0;
}
