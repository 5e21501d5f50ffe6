"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";

export function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <Button look="quiet" size="sm" onClick={() => void copy()}>
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
    </Button>
  );
}

/** An id, shortened where it stands and whole in the clipboard. */
export function CopyableId({ id }: { id: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1">
      <code className="truncate text-sm text-ink-2">{id}</code>
      <CopyButton text={id} />
    </span>
  );
}
