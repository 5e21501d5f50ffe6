"use client";

import type { Draft } from "./use-draft.ts";
import { Button } from "#app/_ui/button.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { Notice } from "#app/_ui/state.tsx";

/** Somebody saved while somebody typed: both texts are here, and a person chooses. */
export function Contested({ draft, saved }: { draft: Draft; saved: string }) {
  return (
    <Notice
      live
      title="Saved by someone else meanwhile"
      action={
        <span className="flex flex-wrap gap-2">
          <Button size="sm" onClick={draft.insist}>
            Keep mine
          </Button>
          <Button size="sm" onClick={() => draft.adopt(saved)}>
            Take theirs
          </Button>
        </span>
      }
    >
      What you typed is still here. Keep it to save over theirs, or take theirs and lose yours.
      <details className="mt-2">
        <summary>Show theirs</summary>
        <div className="mt-2 max-h-64 overflow-y-auto">
          <CodeBlock label="Saved by someone else" text={saved} />
        </div>
      </details>
    </Notice>
  );
}
