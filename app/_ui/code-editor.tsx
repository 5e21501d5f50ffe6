"use client";

import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useEffectEvent, useRef } from "react";

interface Props {
  label: string;
  value: string;
  readOnly: boolean;
  /** Shown where nothing is written yet. */
  hint?: string | undefined;
  onChange: (text: string) => void;
  /** Ctrl S, or Command S. */
  onSave: () => void;
  /** A line to be led to; each object leads there once. */
  place?: { line: number } | undefined;
}

/** CodeMirror, dressed in our tokens. Loaded on demand: it is the heaviest thing of the console. */
export function CodeEditor({ label, value, readOnly, hint, onChange, onSave, place }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(null);
  const told = useRef(value);
  const tell = useEffectEvent((text: string) => {
    told.current = text;
    onChange(text);
  });
  const save = useEffectEvent(onSave);
  const now = useEffectEvent(() => value);
  useEffect(() => {
    const view = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: now(),
        extensions: [
          EditorView.cspNonce.of(document.querySelector<HTMLElement>("script[nonce]")?.nonce ?? ""),
          keymap.of([{ key: "Mod-s", preventDefault: true, run: () => (save(), true) }]),
          basicSetup,
          now().trimStart().startsWith("{") ? json() : yaml(),
          EditorState.readOnly.of(readOnly),
          hint === undefined ? [] : placeholder(hint),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) tell(update.state.doc.toString());
          }),
          theme,
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
  }, [label, readOnly, hint]);
  // What was typed here comes back as the value; another value replaces the text, and can be undone.
  useEffect(() => {
    if (!editor.current || value === told.current) return;
    told.current = value;
    editor.current.dispatch({ changes: { from: 0, to: editor.current.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    if (editor.current && place) goTo(editor.current, place.line);
  }, [place]);
  return <div ref={host} className="code-editor overflow-hidden rounded-lg border border-line-strong bg-surface" />;
}

function goTo(view: EditorView, wanted: number): void {
  const line = view.state.doc.line(Math.min(Math.max(1, wanted), view.state.doc.lines));
  view.dispatch({ selection: { anchor: line.from, head: line.to }, scrollIntoView: true });
  view.focus();
}

const theme = EditorView.theme({
  "&": { height: "min(60vh, 640px)", fontSize: "13px", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--ink)" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "20px" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in oklch, var(--ink) 5%, transparent)" },
  ".cm-placeholder": { color: "var(--ink-3)", whiteSpace: "pre" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklch, var(--busy) 25%, transparent)",
  },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
});
