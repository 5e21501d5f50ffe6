"use client";

import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";

/** CodeMirror, dressed in our tokens. Loaded on demand: it is the heaviest thing of the console. */
export function CodeEditor({
  label,
  initial,
  readOnly,
  onChange,
}: {
  label: string;
  initial: string;
  readOnly: boolean;
  onChange: (text: string) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const changed = useEffectEvent(onChange);
  useEffect(() => {
    const view = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: initial,
        extensions: [
          EditorView.cspNonce.of(document.querySelector<HTMLElement>("script[nonce]")?.nonce ?? ""),
          basicSetup,
          initial.trimStart().startsWith("{") ? json() : yaml(),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
          theme,
        ],
      }),
    });
    return () => view.destroy();
  }, [initial, label, readOnly]);
  return <div ref={host} className="code-editor overflow-hidden rounded-lg border border-line-strong bg-surface" />;
}

const theme = EditorView.theme({
  "&": { height: "min(60vh, 640px)", fontSize: "13px", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--ink)" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "20px" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in oklch, var(--ink) 5%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklch, var(--busy) 25%, transparent)",
  },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
});
