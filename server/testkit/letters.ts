import { desc, eq } from "drizzle-orm";
import { letters } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";

/** The token in the link of the newest letter to a person, as that person would copy it. */
export async function tokenFromLetter(deps: Deps, recipient: string, subject: string): Promise<string> {
  const rows = await deps.db
    .select()
    .from(letters)
    .where(eq(letters.recipient, recipient))
    .orderBy(desc(letters.createdAt), desc(letters.id));
  const letter = rows.find((row) => row.subject === subject);
  const token = letter?.link && new URL(letter.link).searchParams.get("token");
  if (!token) throw new Error(`no letter "${subject}" to ${recipient}`);
  return token;
}
