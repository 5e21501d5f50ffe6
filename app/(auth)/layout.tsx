import Link from "next/link";
import type { ReactNode } from "react";
import { ApiProvider } from "#app/_trpc/client.tsx";
import { Logo } from "#app/_ui/logo.tsx";
import { mapBox } from "#app/_map/map-box.ts";

/** The way in: one narrow column on paper, the sea beside it. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <ApiProvider>
      <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
        <div className="flex flex-col px-6 py-6 sm:px-12">
          <header className="flex">
            <Link href="/" aria-label="Causeway" className="rounded-sm">
              <Logo />
            </Link>
          </header>
          <main className="mx-auto flex w-full max-w-sm flex-1 flex-col justify-center py-12">{children}</main>
        </div>
        <div aria-hidden="true" className="relative hidden overflow-hidden border-l bg-sunken lg:block">
          <Shore />
        </div>
      </div>
    </ApiProvider>
  );
}

/** Both shores of an ocean. */
function Shore() {
  return (
    <div className="absolute inset-0">
      <div
        className="absolute top-1/2 left-[-16%] h-[68%] -translate-y-1/2 bg-map-land"
        style={{
          aspectRatio: `${mapBox.width} / ${mapBox.height}`,
          maskImage: "url(/land.svg)",
          maskSize: "100% 100%",
        }}
      />
    </div>
  );
}
