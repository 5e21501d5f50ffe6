import type { ApiView, KeyCreated, PolicyView } from "#app/_trpc/views.ts";
import { ButtonLink } from "#app/_ui/button.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { Notice } from "#app/_ui/state.tsx";

/** The one moment in which the key can be seen, and a call to try it with. */
export function KeyShownOnce({
  created,
  endpoint,
  apis,
  policies,
  base,
}: {
  created: KeyCreated;
  endpoint: string | null;
  apis: ApiView[];
  policies: PolicyView[];
  base: string;
}) {
  const opened = new Set([
    ...Object.keys(created.apis),
    ...policies
      .filter(({ id }) => created.policies.some((one) => one.id === id))
      .flatMap((policy) => Object.keys(policy.apis)),
  ]);
  const first = apis.find(({ id }) => opened.has(id));
  return (
    <div className="grid max-w-2xl gap-6">
      <Notice tone="signal" title={`Copy the key of ${created.name} now`} live>
        It is not shown again: only its hash is kept.
      </Notice>
      <CodeBlock
        label="Your new key"
        text={created.secret}
        above={<span className="block py-2 font-medium text-ink">{created.name}</span>}
      />
      {endpoint && first && (
        <CodeBlock
          label="A first call"
          text={`curl ${endpoint}${first.listenPath} \\\n  -H "Authorization: Bearer ${created.secret}"`}
          above={`Try it with ${first.name}`}
        />
      )}
      <div>
        <ButtonLink href={`${base}/keys`}>Done</ButtonLink>
      </div>
    </div>
  );
}
