import type { Attention } from "./prepare-attention.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { Notice } from "#app/_ui/state.tsx";

export function AttentionList({ items }: { items: Attention[] }) {
  return (
    <section aria-label="Needs attention" className="mb-6 grid gap-2">
      {items.map((item) => (
        <Notice
          key={item.id}
          title={item.title}
          action={
            <ButtonLink href={item.href} size="sm">
              {item.action}
            </ButtonLink>
          }
        >
          {item.text}
        </Notice>
      ))}
    </section>
  );
}
