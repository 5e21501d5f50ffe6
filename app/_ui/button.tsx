import { clsx } from "clsx";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";

type Look = "primary" | "secondary" | "quiet" | "danger";

const looks = {
  primary: "bg-ink text-on-ink hover:bg-ink-hover border border-transparent",
  secondary: "bg-surface text-ink border border-line-strong hover:border-ink-3 hover:bg-sunken",
  quiet: "text-ink-2 border border-transparent hover:bg-sunken hover:text-ink",
  danger: "bg-surface text-bad-ink border border-bad/50 hover:bg-bad-wash hover:border-bad",
} as const satisfies Record<Look, string>;

const sizes = { sm: "h-7 px-2 text-sm gap-1.5", md: "h-9 px-3.5 gap-2" } as const;

const shape =
  "inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap transition-colors select-none " +
  "[&_svg]:size-4 [&_svg]:shrink-0";

interface Dress {
  look?: Look;
  size?: keyof typeof sizes;
}

export function Button({
  look = "secondary",
  size = "md",
  busy,
  className,
  children,
  disabled,
  type = "button",
  ...rest
}: ComponentProps<"button"> & Dress & { /** What it is doing: shown in place of its name. */ busy?: string | false }) {
  return (
    <button
      type={type}
      className={clsx(shape, looks[look], sizes[size], "disabled:opacity-55", className)}
      disabled={disabled ?? Boolean(busy)}
      aria-busy={busy ? true : undefined}
      {...rest}
    >
      {busy ? <span className="animate-beacon">{busy}</span> : children}
    </button>
  );
}

export function ButtonLink({
  href,
  look = "secondary",
  size = "md",
  className,
  children,
}: Dress & { href: string; className?: string; children: ReactNode }) {
  return (
    <Link href={href} className={clsx(shape, looks[look], sizes[size], className)}>
      {children}
    </Link>
  );
}
