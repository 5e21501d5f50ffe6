"use client";

import { clsx } from "clsx";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import type { ApiInput } from "./api-input.ts";
import { DocumentSource } from "./document-source.tsx";
import { sources, type Source } from "./views.ts";
import type { ApiDetail } from "#app/_trpc/views.ts";
import { RowsSkeleton } from "#app/_ui/skeleton.tsx";

/** It brings a reader of YAML along. */
const GatewaySettings = dynamic(() => import("./gateway-settings.tsx").then((module) => module.GatewaySettings), {
  loading: () => <RowsSkeleton what="the gateway settings" />,
});

interface Props {
  input: ApiInput;
  api: ApiDetail;
  source: Source;
  mayWrite: boolean;
}

/** The texts that an API is made of. One that was opened stays, so that a look at the other loses nothing typed. */
export function SourceView({ source, ...props }: Props) {
  const [opened, setOpened] = useState<readonly Source[]>([source]);
  if (!opened.includes(source)) setOpened([...opened, source]);
  const base = `/${props.input.org}/${props.input.environment}/apis/${props.api.id}?view=source`;
  return (
    <>
      <nav aria-label="Sources" className="mb-4 -ml-3 flex gap-1">
        {sources.map(({ value, name }) => (
          <Link
            key={value}
            href={`${base}&source=${value}`}
            scroll={false}
            aria-current={value === source ? "page" : undefined}
            className={clsx(
              "flex h-8 items-center rounded-md px-3 text-sm transition-colors",
              value === source ? "bg-sunken font-medium" : "text-ink-2 hover:bg-sunken hover:text-ink",
            )}
          >
            {name}
          </Link>
        ))}
      </nav>
      {opened.includes("document") && (
        <div hidden={source !== "document"}>
          <DocumentSource {...props} />
        </div>
      )}
      {opened.includes("gateway") && (
        <div hidden={source !== "gateway"}>
          <GatewaySettings {...props} />
        </div>
      )}
    </>
  );
}
