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
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const saving = useMutation({ mutationFn: send });
  const refuse = (text: string, error: unknown) => {
    const { code, message, fields } = problemOf(error);
    setRefusal({ summary: fields.length > 0 ? MEND : message, problems: placed(text, fields) });
    if (code === "conflict") onConflict();
  };
  const save = () => {
    const { text } = draft;
    const { members, problems } = readSource(text, rules);
    if (!members) return setRefusal({ summary: MEND, problems });
    setRefusal(null);
    saving.mutate(members, { onSuccess: draft.adopt, onError: (error) => refuse(text, error) });
  };
  return { save, refusal, isPending: saving.isPending, isSaved: saving.isSuccess && !draft.isChanged };
}
