import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Empty } from "#app/_ui/empty.tsx";
import { Logo } from "#app/_ui/logo.tsx";
import { PageHeader } from "#app/_ui/panel.tsx";
import { When } from "#app/_ui/when.tsx";
import { listLetters } from "#server/outbox/index.ts";

export const metadata: Metadata = { title: "Outbox" };

/** Letters of the default set-up, which sends none. Where real ones are sent, this page does not exist. */
export default async function OutboxPage() {
  const letters = await listLetters();
  if (!letters) notFound();
  return (
    <div className="mx-auto max-w-2xl px-6 py-6">
      <header className="flex">
        <Link href="/" aria-label="Causeway" className="rounded-sm">
          <Logo />
        </Link>
      </header>
      <main className="py-12">
        <PageHeader title="Outbox">This set-up sends no mail: letters are kept here, newest first.</PageHeader>
        {letters.length === 0 ? (
          <Empty title="No letters yet">
            Verification and reset links appear here as soon as someone asks for one.
          </Empty>
        ) : (
          <ul className="grid gap-px overflow-hidden rounded-lg border bg-line">
            {letters.map((letter) => (
              <li key={letter.id} className="bg-surface px-5 py-4">
                <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                  <h2 className="font-medium">{letter.subject}</h2>
                  <span className="text-sm text-ink-3">
                    <When at={letter.createdAt} />
                  </span>
                </div>
                <p className="text-sm text-ink-3">To {letter.recipient}</p>
                <p className="mt-2 text-ink-2">{letter.body}</p>
                {letter.link && (
                  <a
                    href={letter.link}
                    className="mt-2 block font-mono text-sm break-all underline decoration-line-strong underline-offset-4 hover:decoration-ink"
                  >
                    {letter.link}
                  </a>
                )}
              </li>
            ))}
          </ul>
        )}
      </main>
    </div>
  );
}
