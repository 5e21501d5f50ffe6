import Link from "next/link";
import { Logo } from "#app/_ui/logo.tsx";
import { ButtonLink } from "#app/_ui/button.tsx";

export default function NotFound() {
  return (
    <div className="flex min-h-dvh flex-col px-6 py-6 sm:px-12">
      <header className="flex">
        <Link href="/" aria-label="Causeway" className="rounded-sm">
          <Logo />
        </Link>
      </header>
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col items-start justify-center gap-2 py-12">
        <p className="font-mono text-sm text-ink-3">404</p>
        <h1 className="text-xl font-semibold tracking-[-0.018em]">Nothing stands here</h1>
        <p className="mb-4 text-ink-2">
          It was moved or destroyed, or it belongs to an organisation that you are not in.
        </p>
        <ButtonLink href="/">Go home</ButtonLink>
      </main>
    </div>
  );
}
