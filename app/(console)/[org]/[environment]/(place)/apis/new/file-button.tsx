"use client";

import { FileUp } from "lucide-react";
import { useRef } from "react";
import { Button } from "#app/_ui/button.tsx";

export function FileButton({ onText }: { onText: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined) => {
    if (file) onText(await file.text());
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        aria-label="File"
        tabIndex={-1}
        accept=".json,.yaml,.yml,application/json,application/yaml"
        className="sr-only"
        onChange={(event) => void read(event.target.files?.[0])}
      />
      <Button size="sm" onClick={() => input.current?.click()}>
        <FileUp aria-hidden /> Choose a file
      </Button>
    </>
  );
}
