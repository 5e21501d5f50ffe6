"use client";

import { clsx } from "clsx";
import { useLayoutEffect, useRef } from "react";
import { exactTime } from "#app/_ui/time.ts";
import type { ProgressLine } from "./prepare-run.ts";

const inks = { plain: "text-ink-2", good: "text-good-ink", bad: "text-bad-ink", signal: "text-signal-ink" } as const;

/** The story, newest at the end; it stays at the end unless the reader has scrolled back. */
export function ProgressLog({ lines, over }: { lines: ProgressLine[]; over: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // Each new line is the occasion, whatever it says.
  useLayoutEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [lines.length]);
  return (
    <div
      ref={box}
      role="log"
      aria-label="Progress"
      // Scrollable content has to be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      className="hairline-scroll h-80 overflow-y-auto rounded-lg border bg-sunken py-2 font-mono text-xs leading-5"
    >
      {lines.length === 0 && (
        <p className="px-4 text-ink-3">{over ? "Nothing was written down." : "Waiting for the first line…"}</p>
      )}
      {lines.map((line) => (
        <p key={line.key} className="grid grid-cols-[auto_1fr] gap-x-3 px-4 sm:grid-cols-[auto_112px_1fr]">
          <time dateTime={line.at} title={exactTime(line.at)} className="text-ink-3">
            {line.at.slice(11, 19)}
          </time>
          <span className="truncate text-ink-3 max-sm:hidden">{line.part}</span>
          <span className={clsx("min-w-0 break-words", inks[line.tone])}>{line.text}</span>
        </p>
      ))}
    </div>
  );
}
