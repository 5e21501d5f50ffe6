"use client";

import type { UseFormRegisterReturn } from "react-hook-form";
import { fieldError, type Problem } from "#app/_trpc/problem.ts";
import { TextArea, TextField } from "#app/_ui/field.tsx";

type More = "quota" | "tags" | "metadata" | "boundCertificate";

interface Props {
  field: (name: More) => UseFormRegisterReturn;
  problem: Problem | null;
  /** False: this key's metadata cannot be written as lines, and is left as it is. */
  canEditMetadata: boolean;
}

/** What few keys need. */
export function MoreFields({ field, problem, canEditMetadata }: Props) {
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <TextField
        label="Quota"
        optional
        mono
        placeholder="1000000/30d"
        hint="Of its own, in place of the policies'."
        error={fieldError(problem, "quota")}
        {...field("quota")}
      />
      <TextField
        label="Tags"
        optional
        mono
        placeholder="gold, eu"
        error={fieldError(problem, "tags")}
        {...field("tags")}
      />
      <TextArea
        label="Metadata"
        optional
        mono
        placeholder="plan=gold"
        readOnly={!canEditMetadata}
        hint={
          canEditMetadata
            ? "A name and its value a line. Transformations may tell the upstream."
            : "It has values of several lines: change them under Source."
        }
        error={fieldError(problem, "metadata")}
        {...field("metadata")}
      />
      <TextField
        label="Bound certificate"
        optional
        mono
        placeholder="sha256:…"
        hint="SHA-256 fingerprint of the one client certificate that the key may come with."
        error={fieldError(problem, "boundCertificate")}
        {...field("boundCertificate")}
      />
    </div>
  );
}
