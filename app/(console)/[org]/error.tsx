"use client";

import { Button } from "#app/_ui/button.tsx";
import { Notice } from "#app/_ui/state.tsx";

/** A page that could not be made; the frame around it stands. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <main id="content" className="mx-auto w-full max-w-[960px] px-4 py-10 sm:px-8">
      <h1 className="mb-4 text-xl font-semibold tracking-[-0.018em]">This page did not load</h1>
      <Notice
        tone="bad"
        title="The console could not put it together"
        action={
          <Button size="sm" onClick={reset}>
            Try again
          </Button>
        }
      >
        Nothing was changed. If it happens again, look at the console&apos;s log.
      </Notice>
    </main>
  );
}
