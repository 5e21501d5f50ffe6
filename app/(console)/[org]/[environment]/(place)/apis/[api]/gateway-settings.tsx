"use client";

import { useState } from "react";
import type { ApiInput } from "./api-input.ts";
import { Contested } from "./contested.tsx";
import { LazyEditor } from "./lazy-editor.tsx";
import { SettingsMembers } from "./settings-members.tsx";
import { SettingsProblems } from "./settings-problems.tsx";
import { useDraft } from "./use-draft.ts";
import { useSaveSettings } from "./use-save-settings.ts";
import type { ApiDetail } from "#app/_trpc/views.ts";
import { Button } from "#app/_ui/button.tsx";

/** All that a gateway does with this API, as text: the members of `x-causeway` in file configuration. */
export function GatewaySettings({ input, api, mayWrite }: { input: ApiInput; api: ApiDetail; mayWrite: boolean }) {
  const draft = useDraft(api.written);
  const { save, refusal, isPending, isSaved } = useSaveSettings(input, api, draft);
  const [place, setPlace] = useState<{ line: number }>();
  const isReady = mayWrite && draft.isChanged && !draft.isContested && !isPending;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-4">
        <p className="max-w-[72ch] text-ink-2">
          All that a gateway does with this API, in YAML; what a default says is left out.{" "}
          {mayWrite ? "Comments are not kept. " : "Your role lets you read it, not change it. "}
          Secrets are named and never written here: <code className="text-sm">env://NAME</code>,{" "}
          <code className="text-sm">file:///path</code> or a <code className="text-sm">vault://</code> address.
        </p>
        {draft.isContested && !isPending && <Contested draft={draft} saved={api.written} />}
        <SettingsProblems refusal={refusal} onGoTo={(line) => setPlace({ line })} />
        <LazyEditor
          label="Gateway settings"
          value={draft.text}
          readOnly={!mayWrite}
          onChange={draft.type}
          onSave={() => isReady && save()}
          place={place}
        />
        {mayWrite && (
          <div className="flex flex-wrap items-center gap-4">
            <Button look="primary" disabled={!isReady} busy={isPending && "Saving…"} onClick={save}>
              Save
            </Button>
            <output className="text-sm text-ink-3">
              {isSaved ? "Saved and published." : "Ctrl S or ⌘ S saves from within the editor."}
            </output>
          </div>
        )}
      </div>
      <SettingsMembers org={input.org} />
    </div>
  );
}
