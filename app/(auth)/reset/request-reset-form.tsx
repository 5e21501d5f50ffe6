"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useForm } from "react-hook-form";
import { AuthHeading, textLink } from "#app/(auth)/auth-heading.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

export function RequestResetForm() {
  const trpc = useTRPC();
  const { register, handleSubmit, formState } = useForm<{ email: string }>();
  const request = useMutation(trpc.auth.requestReset.mutationOptions());
  if (request.isSuccess)
    return (
      <>
        <AuthHeading title="Look into your mail">
          If {request.variables.email} has an account, a link to choose a new password is on its way. It works for an
          hour.
        </AuthHeading>
        <Link href="/sign-in" className={`${textLink} self-start`}>
          Back to sign-in
        </Link>
      </>
    );
  return (
    <>
      <AuthHeading title="Reset your password">We send a link to your address. Open it within an hour.</AuthHeading>
      <form
        noValidate
        onSubmit={(event) => void handleSubmit((values) => request.mutate(values))(event)}
        className="grid gap-5"
      >
        <TextField
          label="Email"
          type="email"
          autoComplete="email"
          error={formState.errors.email?.message}
          {...register("email", { required: "Enter your e-mail address" })}
        />
        <FormProblem error={request.error} />
        <SubmitButton look="primary" busy={request.isPending && "Sending…"}>
          Send link
        </SubmitButton>
      </form>
      <p className="mt-6 text-ink-2">
        Remembered it?{" "}
        <Link href="/sign-in" className={textLink}>
          Sign in
        </Link>
      </p>
    </>
  );
}
