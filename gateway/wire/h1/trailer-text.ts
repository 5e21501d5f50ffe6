import { writableFields } from "../written-fields.ts";

/** Trailers as lines, without the empty one that ends them. */
export function trailerText(trailers: readonly string[] | undefined): string {
  if (trailers === undefined) return "";
  const fields = writableFields(trailers);
  let text = "";
  for (let index = 0; index < fields.length; index += 2) text += `${fields[index]!}: ${fields[index + 1]!}\r\n`;
  return text;
}
