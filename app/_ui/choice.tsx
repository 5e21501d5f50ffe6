"use client";

import { clsx } from "clsx";
import { useId, type ReactNode } from "react";
import { useAlive } from "#app/_ui/in-browser.ts";

export interface Choice {
  value: string;
  /** The accessible name, exactly. */
  name: string;
  description?: ReactNode;
  /** Figures at the right edge, tabular. */
  aside?: ReactNode;
}

/**
 * One of several, each with room to explain itself. Native radios: arrow keys move, the name is the short one, the rest
 * is the description.
 */
export function RadioCards({
  legend,
  choices,
  value,
  onChange,
  onPoint,
  error,
  columns = 1,
  hideLegend = false,
}: {
  legend: string;
  choices: Choice[];
  value: string | null;
  onChange: (value: string) => void;
  /** The choice under the pointer or focus, to be shown elsewhere too. */
  onPoint?: (value: string | null) => void;
  error?: string | undefined;
  columns?: 1 | 2;
  hideLegend?: boolean;
}) {
  const id = useId();
  return (
    <div
      role="radiogroup"
      aria-labelledby={`${id}-legend`}
      aria-describedby={error ? `${id}-error` : undefined}
      className="grid gap-2"
    >
      <span id={`${id}-legend`} className={clsx("font-medium", hideLegend && "sr-only")}>
        {legend}
      </span>
      <div className={clsx("grid gap-px overflow-hidden rounded-lg border bg-line", columns === 2 && "sm:grid-cols-2")}>
        {choices.map((choice) => (
          <RadioCard
            key={choice.value}
            group={id}
            choice={choice}
            checked={choice.value === value}
            onChange={onChange}
            onPoint={onPoint}
          />
        ))}
      </div>
      {error && (
        <p id={`${id}-error`} className="text-sm text-bad-ink">
          {error}
        </p>
      )}
    </div>
  );
}

function RadioCard({
  group,
  choice,
  checked,
  onChange,
  onPoint,
}: {
  group: string;
  choice: Choice;
  checked: boolean;
  onChange: (value: string) => void;
  onPoint: ((value: string | null) => void) | undefined;
}) {
  const id = `${group}-${choice.value}`;
  const alive = useAlive();
  return (
    // Pointing shows the choice elsewhere too; focus does the same for the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <label
      htmlFor={id}
      onMouseEnter={() => onPoint?.(choice.value)}
      onMouseLeave={() => onPoint?.(null)}
      className={clsx(
        "relative grid grid-cols-[16px_1fr_auto] gap-x-3 px-3.5 py-3 transition-colors",
        checked ? "bg-surface" : "bg-surface hover:bg-sunken",
        checked && "shadow-[inset_2px_0_0_var(--ink)]",
      )}
    >
      <input
        id={id}
        type="radio"
        name={group}
        value={choice.value}
        checked={checked}
        // What is chosen before the page hears it would be taken back when it does.
        disabled={!alive}
        onChange={() => onChange(choice.value)}
        onFocus={() => onPoint?.(choice.value)}
        onBlur={() => onPoint?.(null)}
        aria-labelledby={`${id}-name`}
        aria-describedby={`${id}-description`}
        className="mt-0.5 size-4 appearance-none rounded-full border border-line-strong bg-surface checked:border-[5px] checked:border-ink"
      />
      <span className="min-w-0">
        <span id={`${id}-name`} className="font-medium">
          {choice.name}
        </span>
        <span id={`${id}-description`} className="mt-0.5 block text-sm text-ink-2">
          {choice.description}
        </span>
      </span>
      {choice.aside && <span className="text-right text-sm text-ink-2">{choice.aside}</span>}
    </label>
  );
}

/** Any of several. */
export function CheckboxGroup({
  legend,
  hint,
  choices,
  values,
  onChange,
  empty,
}: {
  legend: string;
  hint?: ReactNode;
  choices: Choice[];
  values: string[];
  onChange: (values: string[]) => void;
  /** Said where there is nothing to choose from. */
  empty?: string;
}) {
  const id = useId();
  const alive = useAlive();
  const toggle = (value: string) =>
    onChange(values.includes(value) ? values.filter((other) => other !== value) : [...values, value]);
  return (
    <fieldset aria-labelledby={`${id}-legend`} className="grid min-w-0 content-start gap-2">
      <span id={`${id}-legend`} className="font-medium">
        {legend}
      </span>
      {hint && <p className="-mt-1 text-sm text-ink-3">{hint}</p>}
      <div className="hairline-scroll grid max-h-72 gap-px overflow-y-auto rounded-lg border bg-line">
        {choices.length === 0 && <p className="bg-surface px-3.5 py-2.5 text-ink-3">{empty}</p>}
        {choices.map((choice) => (
          <label
            key={choice.value}
            htmlFor={`${id}-${choice.value}`}
            className="grid grid-cols-[16px_1fr_auto] items-center gap-3 bg-surface px-3.5 py-2.5 transition-colors hover:bg-sunken"
          >
            <input
              id={`${id}-${choice.value}`}
              type="checkbox"
              checked={values.includes(choice.value)}
              disabled={!alive}
              onChange={() => toggle(choice.value)}
              aria-labelledby={`${id}-${choice.value}-name`}
              className="size-4 accent-ink"
            />
            <span id={`${id}-${choice.value}-name`} className="truncate">
              {choice.name}
            </span>
            {choice.aside && <span className="truncate text-sm text-ink-3">{choice.aside}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
