"use client";

import { useEffect, useId, useRef, type ReactNode } from "react";

/** The browser's own modal dialog: focus stays inside, Escape closes, what opened it gets the focus back. */
export function Dialog({
  title,
  children,
  onClose,
  wide = false,
}: {
  title: string;
  children: ReactNode;
  onClose: () => void;
  wide?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // A press beside the dialog closes it; by keyboard that is Escape, which the browser answers itself.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      onKeyDown={(event) => event.key === "Escape" && event.stopPropagation()}
      // Opened from a table's cell, it must not be set as that cell is.
      className={`m-auto w-[calc(100%-32px)] rounded-lg text-left whitespace-normal border border-line-strong bg-paper p-0 ${wide ? "max-w-2xl" : "max-w-md"}`}
    >
      <div className="p-6">
        <h2 id={id} className="text-lg font-semibold tracking-[-0.01em]">
          {title}
        </h2>
        <div className="mt-2">{children}</div>
      </div>
    </dialog>
  );
}
