import { z } from "zod";

const letterLine = z.object({ msg: z.string().startsWith("letter kept"), recipient: z.string(), link: z.string() });

/** What the terminal says of a letter that the console kept: whom it is for, and its link. Undefined for other lines. */
export function letterIn(line: string): string | undefined {
  if (!line.includes('"letter kept')) return undefined;
  const parsed = letterLine.safeParse(JSON.parse(line));
  if (!parsed.success) return undefined;
  const { msg, recipient, link } = parsed.data;
  return `${msg.replace(/^letter kept in the outbox: /, "letter: ")}, for ${recipient}: ${link}`;
}
