import { desc } from "drizzle-orm";
import { newId } from "#base/id.ts";
import { letters } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";

export interface Letter {
  recipient: string;
  subject: string;
  body: string;
  link: string;
}

/** In the default set-up letters are kept, shown at `/outbox`, and their link is printed where `npm start` runs. */
export async function sendLetter(deps: Deps, letter: Letter): Promise<void> {
  await deps.db.insert(letters).values({ id: newId("let", deps.clock.now(), deps.random), ...letter });
  deps.log.info({ recipient: letter.recipient, link: letter.link }, `letter kept in the outbox: ${letter.subject}`);
}

/** The newest letters; null where the operator sends real ones. */
export async function readOutbox(deps: Deps) {
  if (deps.env.CAUSEWAY_MAIL !== "outbox") return null;
  const rows = await deps.db.select().from(letters).orderBy(desc(letters.createdAt)).limit(50);
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}
