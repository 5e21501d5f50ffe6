import { clsx } from "clsx";
import Link from "next/link";

/** Views of one thing, each with its own address. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  label: string;
  tabs: { value: string; name: string; href: string }[];
  current: string;
}) {
  return (
    <nav aria-label={label} className="hairline-scroll mb-6 flex gap-6 overflow-x-auto border-b">
      {tabs.map(({ value, name, href }) => (
        <Link
          key={value}
          href={href}
          scroll={false}
          aria-current={value === current ? "page" : undefined}
          className={clsx(
            "-mb-px flex h-9 items-center border-b-2 whitespace-nowrap transition-colors",
            value === current ? "border-ink font-medium" : "border-transparent text-ink-2 hover:text-ink",
          )}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
