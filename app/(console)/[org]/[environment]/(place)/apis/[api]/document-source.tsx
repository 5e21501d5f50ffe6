"use client";

import { Contested } from "../../_source/contested.tsx";
import { LazyEditor } from "../../_source/lazy-editor.tsx";
import { useDraft } from "../../_source/use-draft.ts";
import type { ApiInput } from "./api-input.ts";
import { useUpdateApi } from "./use-update-api.ts";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import type { ApiDetail } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";

/** The OpenAPI document itself. */
export function DocumentSource({ input, api, mayWrite }: { input: ApiInput; api: ApiDetail; mayWrite: boolean }) {
  const saved = api.document ?? "";
  const draft = useDraft(saved);
  const update = useUpdateApi(input);
  const problem = update.error ? fieldError(problemOf(update.error), "document") : undefined;
  const isReady = mayWrite && draft.isChanged && !draft.isContested && !update.isPending;
  const save = () => {
    if (!isReady) return;
    const settings = { ...api.settings, document: draft.text.trim() ? draft.text : null };
    update.mutate(
      { ...input, version: api.version, settings },
      { onSuccess: ({ document }) => draft.adopt(document ?? "") },
    );
  };
  return (
    <div className="grid justify-items-start gap-4">
      {draft.isContested && !update.isPending && <Contested draft={draft} saved={saved} />}
      <div className="w-full min-w-0">
        <LazyEditor
          label="OpenAPI document"
          value={draft.text}
          readOnly={!mayWrite}
          onChange={draft.type}
          onSave={save}
        />
      </div>
      {problem && <p className="text-bad-ink">{problem}</p>}
      <FormProblem error={update.error} shown={["document"]} />
      {mayWrite && (
        <Button look="primary" disabled={!isReady} busy={update.isPending && "Saving…"} onClick={save}>
          Save
        </Button>
      )}
    </div>
  );
}
