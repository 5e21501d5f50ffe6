"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { clsx } from "clsx";

const themes = [
  { value: "system", name: "System", Icon: Monitor },
  { value: "light", name: "Light", Icon: Sun },
  { value: "dark", name: "Dark", Icon: Moon },
] as const;

export function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  return (
    <fieldset
      aria-label="Theme"
      className="mx-1.5 my-1 grid grid-cols-3 gap-px overflow-hidden rounded-md border bg-line"
    >
      {themes.map(({ value, name, Icon }) => (
        <button
          key={value}
          type="button"
          aria-pressed={theme === value}
          onClick={() => setTheme(value)}
          className={clsx(
            "flex h-8 items-center justify-center gap-1.5 text-sm transition-colors focus-visible:-outline-offset-2",
            theme === value ? "bg-sunken font-medium" : "bg-surface text-ink-2 hover:text-ink",
          )}
        >
          <Icon aria-hidden className="size-3.5" />
          {name}
        </button>
      ))}
    </fieldset>
  );
}
