"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { placed, readSource, type SourceRules, type TextProblem } from "./read-source.ts";
import type { Draft } from "./use-draft.ts";
import { problemOf } from "#app/_trpc/problem.ts";

export interface Refusal {
  summary: string;
  problems: TextProblem[];
}

export interface SourceDoor {
  rules: SourceRules;
  /** Saves the members of the text; what was saved comes back as text. */
  send: (members: Record<string, unknown>) => Promise<string>;
  /** Somebody else saved: what they saved is fetched, and what was typed stays beside it. */
  onConflict: () => void;
}

const MEND = "Nothing was saved. Mend this, then save again:";

/** Saves a text: what is wrong with it is told by its line, whoever finds it. */
export function useSaveSource(draft: Draft, { rules, send, onConflict }: SourceDoor) {
  const [refused, setRefused] = useState<Refusal & { base: string }>();
  const saving = useMutation({ mutationFn: send });
  const tell = (refusal: Refusal) => setRefused({ ...refusal, base: draft.base });
  const refuse = (text: string, error: unknown) => {
    const { code, message, fields } = problemOf(error);
    tell({ summary: fields.length > 0 ? MEND : message, problems: placed(text, fields) });
    if (code === "conflict") onConflict();
  };
  const save = () => {
    const { text } = draft;
    const { members, problems } = readSource(text, rules);
    if (!members) return tell({ summary: MEND, problems });
    setRefused(undefined);
    saving.mutate(members, { onSuccess: draft.adopt, onError: (error) => refuse(text, error) });
  };
  // Once somebody else's text is there, it says more than the refusal; and whoever chose between the two is past it.
  const refusal = refused && refused.base === draft.base && !draft.isContested ? refused : null;
  return { save, refusal, isPending: saving.isPending, isSaved: saving.isSuccess && !draft.isChanged };
}
