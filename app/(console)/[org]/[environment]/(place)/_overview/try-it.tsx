import Link from "next/link";
import type { ApiView, Deployment } from "#app/_trpc/views.ts";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { Section } from "#app/_ui/panel.tsx";

/** One call to paste, with the real address; the key stays where only its holder has it. */
export function TryIt({ api, clusters, keysHref }: { api: ApiView; clusters: Deployment[]; keysHref: string }) {
  const endpoint = clusters.find((cluster) => cluster.endpoint !== null)?.endpoint;
  if (!endpoint) return null;
  const keyed = api.authSummary !== "none" && !/keyless|open/i.test(api.authSummary);
  const header = keyed ? ' \\\n  -H "Authorization: Bearer $KEY"' : "";
  return (
    <Section
      title={`Call ${api.name}`}
      hint={
        keyed && (
          <>
            Put a key in KEY. It was shown when it was made;{" "}
            <Link href={keysHref} className="underline decoration-line-strong underline-offset-4 hover:text-ink">
              issue another
            </Link>{" "}
            if it is lost.
          </>
        )
      }
    >
      <CodeBlock label="Call" text={`curl ${endpoint}${api.listenPath}${header}`} above={endpoint} />
    </Section>
  );
}
