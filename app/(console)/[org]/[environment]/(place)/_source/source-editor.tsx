"use client";

import { useState, type ReactNode } from "react";
import { Contested } from "./contested.tsx";
import { LazyEditor } from "./lazy-editor.tsx";
import { SourceMembers, type MembersQuery } from "./source-members.tsx";
import { SourceProblems } from "./source-problems.tsx";
import { useDraft } from "./use-draft.ts";
import { useSaveSource, type SourceDoor } from "./use-save-source.ts";
import { Button } from "#app/_ui/button.tsx";

interface Props {
  label: string;
  /** What the text is, in a sentence or two. */
  intro: ReactNode;
  /** The text as it is saved now. */
  saved: string;
  door: SourceDoor;
  members: MembersQuery;
  /** Shown where nothing is written yet. */
  hint?: string;
  /** Where most of what is written stands, as `settings.`: what is directly below it is told without a search. */
  below?: string;
  mayWrite: boolean;
}

/** Something of the control plane as text in YAML: what may stand in it beside it, what is wrong with it by its line. */
export function SourceEditor({ label, intro, saved, door, members, hint, below, mayWrite }: Props) {
  const draft = useDraft(saved);
  const { save, refusal, isPending, isSaved } = useSaveSource(draft, door);
  const [place, setPlace] = useState<{ line: number }>();
  const isReady = mayWrite && draft.isChanged && !draft.isContested && !isPending;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-4">
        <p className="max-w-[72ch] text-ink-2">
          {intro} {mayWrite ? "Comments are not kept." : "Your role lets you read it, not change it."}
        </p>
        {draft.isContested && !isPending && <Contested draft={draft} saved={saved} />}
        <SourceProblems refusal={refusal} onGoTo={(line) => setPlace({ line })} />
        <LazyEditor
          label={label}
          value={draft.text}
          readOnly={!mayWrite}
          hint={hint}
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
      <SourceMembers query={members} below={below} />
    </div>
  );
}
