"use client";

import { clsx } from "clsx";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

/**
 * A button that opens a short list of links and buttons. Arrow keys walk the list, Escape and a press outside close it,
 * and the button gets the focus back.
 */
export function Menu({
  label,
  trigger,
  align = "start",
  triggerClass,
  children,
}: {
  /** The button's name where its content is not one. */
  label?: string;
  trigger: ReactNode;
  align?: "start" | "end";
  triggerClass?: string;
  /** Links and buttons, dressed with `menuItem`. */
  children: ReactNode | ((close: () => void) => ReactNode);
}) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => setOpen(false);
  useEffect(() => {
    if (!open) return undefined;
    const closeOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && open) {
      setOpen(false);
      button.current?.focus();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (open) walk(root.current, event.key === "ArrowDown" ? 1 : -1);
    else setOpen(true);
  };
  return (
    // The keys are those of the controls inside; the box itself is not one.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={root}
      className="relative min-w-0"
      onKeyDown={onKeyDown}
      onBlur={(event) => leave(event.relatedTarget, root.current, close)}
    >
      <button
        ref={button}
        type="button"
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        className={clsx(
          "flex min-w-0 max-w-full items-center rounded-md transition-colors hover:bg-sunken",
          triggerClass,
        )}
      >
        {trigger}
      </button>
      {open && (
        // A press on an item is the end of the menu, whichever item it was.
        // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
        <div
          id={id}
          onClick={typeof children === "function" ? undefined : close}
          className={clsx(
            "absolute top-full z-40 mt-1.5 min-w-56 rounded-lg border border-line-strong bg-surface p-1",
            align === "end" ? "right-0" : "left-0",
          )}
        >
          {typeof children === "function" ? children(close) : children}
        </div>
      )}
    </div>
  );
}

export const menuItem =
  "flex w-full items-center gap-2.5 rounded-sm px-2.5 py-1.5 text-left transition-colors hover:bg-sunken " +
  "focus-visible:bg-sunken focus-visible:outline-offset-[-2px] [&_svg]:size-4 [&_svg]:text-ink-3";

export function MenuLabel({ children }: { children: ReactNode }) {
  return <p className="px-2.5 pt-2 pb-1 text-xs text-ink-3">{children}</p>;
}

export function MenuLine() {
  return <div className="-mx-1 my-1 border-t" />;
}

function walk(root: HTMLElement | null, step: 1 | -1): void {
  const items = [...(root?.querySelectorAll<HTMLElement>("a, button:not([aria-expanded]), input") ?? [])];
  if (items.length === 0) return;
  const index = items.findIndex((item) => item === document.activeElement);
  const next = index === -1 && step === -1 ? items.length - 1 : (index + step + items.length) % items.length;
  items[next]?.focus();
}

/** Focus moved to somewhere else on the page; a press on nothing moves it nowhere and is handled outside. */
function leave(to: EventTarget | null, root: HTMLElement | null, close: () => void): void {
  if (to instanceof Node && !root?.contains(to)) close();
}
