"use client";

import { useState } from "react";

/**
 * A text that is edited over one that is saved elsewhere. Untouched, it follows what is saved; touched, it is kept, and
 * `isContested` says that something else was saved meanwhile.
 */
export function useDraft(saved: string) {
  const [{ base, text }, set] = useState({ base: saved, text: saved });
  if (base !== saved && text === base) set({ base: saved, text: saved });
  return {
    text,
    /** The saved text that it began with. */
    base,
    isChanged: text !== base,
    isContested: base !== saved && text !== base,
    type: (text: string) => set((before) => ({ ...before, text })),
    /** Lets go of what was typed. */
    adopt: (text: string) => set({ base: text, text }),
    /** What was typed is meant to replace what is saved now. */
    insist: () => set((before) => ({ ...before, base: saved })),
  };
}

export type Draft = ReturnType<typeof useDraft>;
