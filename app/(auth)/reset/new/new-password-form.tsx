"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useForm } from "react-hook-form";
import { AuthHeading, textLink } from "#app/(auth)/auth-heading.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import { TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

export function NewPasswordForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { register, handleSubmit, formState } = useForm<{ password: string }>();
  const reset = useMutation(
    trpc.auth.reset.mutationOptions({ onSuccess: () => router.replace("/sign-in?reset=done") }),
  );
  const problem = reset.error ? problemOf(reset.error) : null;
  return (
    <>
      <AuthHeading title="Choose a new password">
        You will be signed out everywhere, and sign in with the new one.
      </AuthHeading>
      <form
        noValidate
        onSubmit={(event) => void handleSubmit(({ password }) => reset.mutate({ token, password }))(event)}
        className="grid gap-5"
      >
        <TextField
          label="Password"
          type="password"
          autoComplete="new-password"
          hint="At least 10 characters. A few words in a row do well."
          error={formState.errors.password?.message ?? fieldError(problem, "password")}
          {...register("password", {
            required: "Choose a password",
            minLength: { value: 10, message: "Use at least 10 characters" },
          })}
        />
        <FormProblem error={reset.error} />
        <SubmitButton look="primary" busy={reset.isPending && "Changing…"}>
          Change password
        </SubmitButton>
      </form>
      {problem?.code === "gone" && (
        <p className="mt-6">
          <Link href="/reset" className={textLink}>
            Ask for a new link
          </Link>
        </p>
      )}
    </>
  );
}
