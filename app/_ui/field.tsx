"use client";

import { clsx } from "clsx";
import { useId, type ComponentProps, type ReactNode } from "react";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** Shown after the label, for fields that may stay empty. */
  optional?: boolean;
  mono?: boolean;
}

const box =
  "w-full rounded-md border bg-surface px-3 text-ink placeholder:text-ink-3 transition-colors " +
  "hover:border-ink-3 focus-visible:outline-offset-0 disabled:opacity-60";

export function TextField({
  label,
  hint,
  error,
  optional,
  mono,
  className,
  ...input
}: FieldProps & ComponentProps<"input">) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} optional={optional} className={className}>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        className={clsx(box, "h-9", borderOf(error), mono && "font-mono text-sm")}
        {...input}
      />
    </FieldFrame>
  );
}

export function TextArea({
  label,
  hint,
  error,
  optional,
  mono,
  className,
  ...area
}: FieldProps & ComponentProps<"textarea">) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} optional={optional} className={className}>
      <textarea
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy(id, hint, error)}
        className={clsx(box, "hairline-scroll min-h-24 py-2", borderOf(error), mono && "font-mono text-sm")}
        {...area}
      />
    </FieldFrame>
  );
}

export function SelectField({
  label,
  hint,
  error,
  optional,
  className,
  children,
  ...select
}: FieldProps & ComponentProps<"select">) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} optional={optional} className={className}>
      <select
        id={id}
        aria-describedby={describedBy(id, hint, error)}
        className={clsx(
          box,
          "h-9 appearance-none bg-[length:16px] bg-[right_10px_center] bg-no-repeat pr-8",
          borderOf(error),
        )}
        style={{ backgroundImage: chevron }}
        {...select}
      >
        {children}
      </select>
    </FieldFrame>
  );
}

const chevron =
  "url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='%23808890' stroke-width='1.5'%3E%3Cpath d='m4 6 4 4 4-4'/%3E%3C/svg%3E\")";

function FieldFrame({
  id,
  label,
  hint,
  error,
  optional,
  className,
  children,
}: Pick<FieldProps, "label" | "hint" | "error" | "optional"> & {
  id: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className={clsx("grid content-start gap-1.5", className)}>
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {optional && <span className="text-xs text-ink-3">Optional</span>}
      </div>
      {children}
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

/** The hint and the error of one field, under the ids that `describedBy` names. */
export function FieldNotes({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  return (
    <>
      {error && (
        <p id={`${id}-error`} className="text-sm text-bad-ink">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-ink-3">
          {hint}
        </p>
      )}
    </>
  );
}

function describedBy(id: string, hint: ReactNode, error: string | undefined): string | undefined {
  return clsx(error && `${id}-error`, Boolean(hint) && `${id}-hint`) || undefined;
}

const borderOf = (error: string | undefined) => (error ? "border-bad" : "border-line-strong");

export function CheckField({ label, className, ...input }: { label: string } & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className={clsx("flex items-start gap-2.5", className)}>
      <input id={id} type="checkbox" className="mt-0.5 size-4 accent-ink" {...input} />
      <label htmlFor={id}>{label}</label>
    </div>
  );
}
