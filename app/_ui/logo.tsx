import { clsx } from "clsx";

/** The mark: a road deck on its piers, and the water's line broken below it. */
export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={clsx("size-6", className)} fill="none" stroke="currentColor">
      <path d="M1 9h22" strokeWidth="3" />
      <path d="M6 10.5V16M12 10.5V16M18 10.5V16" strokeWidth="2" />
      <path d="M1 19.5h3.2M7.8 19.5h2.4M13.8 19.5h2.4M19.8 19.5H23" strokeWidth="1.5" />
    </svg>
  );
}

export function Logo() {
  return (
    <span className="inline-flex items-center gap-2">
      <LogoMark />
      <span className="text-lg font-semibold tracking-[-0.02em]">Causeway</span>
    </span>
  );
}
