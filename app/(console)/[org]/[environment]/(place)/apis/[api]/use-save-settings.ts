"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiInput } from "./api-input.ts";
import { placed, readSettings, type TextProblem } from "./read-settings.ts";
import type { Draft } from "./use-draft.ts";
import { useUpdateApi } from "./use-update-api.ts";
import { problemOf } from "#app/_trpc/problem.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { ApiDetail } from "#app/_trpc/views.ts";

export interface Refusal {
  summary: string;
  problems: TextProblem[];
}

const MEND = "Nothing was saved. Mend this, then save again:";

/** Saves settings that were typed: through the same door as the form, with the document as it is. */
export function useSaveSettings(input: ApiInput, api: ApiDetail, draft: Draft) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const update = useUpdateApi(input);
  const client = useQueryClient();
  const trpc = useTRPC();
  const refuse = (text: string, error: unknown) => {
    const { code, message, fields } = problemOf(error);
    setRefusal({ summary: fields.length > 0 ? MEND : message, problems: placed(text, fields) });
    // Somebody else saved: what they saved is fetched, and what was typed stays beside it.
    if (code === "conflict") void client.invalidateQueries({ queryKey: trpc.api.get.queryKey(input) });
  };
  const save = () => {
    const { text } = draft;
    const { settings, problems } = readSettings(text);
    if (!settings) return setRefusal({ summary: MEND, problems });
    setRefusal(null);
    update.mutate(
      { ...input, version: api.version, settings: { ...settings, document: api.document } },
      { onSuccess: ({ written }) => draft.adopt(written), onError: (error) => refuse(text, error) },
    );
  };
  return { save, refusal, isPending: update.isPending, isSaved: update.isSuccess && !draft.isChanged };
}
