"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useForm } from "react-hook-form";
import { AuthHeading, textLink } from "#app/(auth)/auth-heading.tsx";
import { signInWithPassword } from "#app/(auth)/sign-in-with-password.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";
import { TextField } from "#app/_ui/field.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

interface Values {
  email: string;
  password: string;
  organisation: string;
}

export function SignUpForm() {
  const trpc = useTRPC();
  const { register, handleSubmit, formState } = useForm<Values>();
  const signUp = useMutation(
    trpc.auth.signUp.mutationOptions({
      onSuccess: async ({ org }, { email, password }) => {
        const refused = await signInWithPassword(email, password);
        window.location.assign(refused ? "/sign-in" : `/${org}`);
      },
    }),
  );
  const problem = signUp.error ? problemOf(signUp.error) : null;
  const busy = signUp.isPending || signUp.isSuccess;
  return (
    <>
      <AuthHeading title="Create an account">
        Your own control plane, gateways where your traffic is. No card, no call.
      </AuthHeading>
      <form
        noValidate
        onSubmit={(event) => void handleSubmit((values) => signUp.mutate(values))(event)}
        className="grid gap-5"
      >
        <TextField
          label="Email"
          type="email"
          autoComplete="email"
          error={formState.errors.email?.message ?? fieldError(problem, "email")}
          {...register("email", { required: "Enter your e-mail address" })}
        />
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
        <TextField
          label="Organisation"
          autoComplete="organization"
          hint="Your company, your team, or you."
          error={formState.errors.organisation?.message ?? fieldError(problem, "organisation")}
          {...register("organisation", { required: "Name your organisation" })}
        />
        <FormProblem error={problem && problem.fields.length === 0 ? signUp.error : null} />
        <SubmitButton look="primary" busy={busy && "Creating your account…"}>
          Create account
        </SubmitButton>
      </form>
      <p className="mt-6 text-ink-2">
        Have an account?{" "}
        <Link href="/sign-in" className={textLink}>
          Sign in
        </Link>
      </p>
    </>
  );
}
