"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useForm } from "react-hook-form";
import { AuthHeading, textLink } from "#app/(auth)/auth-heading.tsx";
import { signInWithPassword } from "#app/(auth)/sign-in-with-password.ts";
import { TextField } from "#app/_ui/field.tsx";
import { Notice } from "#app/_ui/state.tsx";
import { SubmitButton } from "#app/_ui/submit-button.tsx";

interface Values {
  email: string;
  password: string;
}

export function SignInForm({ destination, afterReset }: { destination: string; afterReset: boolean }) {
  const { register, handleSubmit, formState } = useForm<Values>();
  const signIn = useMutation({
    mutationFn: ({ email, password }: Values) => signInWithPassword(email, password),
    onSuccess: (refused) => {
      if (!refused) window.location.assign(destination);
    },
  });
  const refused = signIn.data ?? (signIn.error ? "The console did not answer. Try again in a moment." : null);
  const busy = signIn.isPending || signIn.data === null;
  return (
    <>
      <AuthHeading title="Sign in" />
      {afterReset && !refused && (
        <div className="mb-5">
          <Notice tone="good" title="Your password is changed">
            You were signed out everywhere. Sign in with the new one.
          </Notice>
        </div>
      )}
      <form
        noValidate
        onSubmit={(event) => void handleSubmit((values) => signIn.mutate(values))(event)}
        className="grid gap-5"
      >
        <TextField
          label="Email"
          type="email"
          autoComplete="email"
          error={formState.errors.email?.message}
          {...register("email", { required: "Enter your e-mail address" })}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          error={formState.errors.password?.message}
          {...register("password", { required: "Enter your password" })}
        />
        {refused && (
          <div role="alert" className="rounded-md border border-bad/40 bg-bad-wash px-3 py-2 text-bad-ink">
            {refused}
          </div>
        )}
        <SubmitButton look="primary" busy={busy && "Signing in…"}>
          Sign in
        </SubmitButton>
      </form>
      <div className="mt-6 flex flex-wrap justify-between gap-x-6 gap-y-2 text-ink-2">
        <p>
          New here?{" "}
          <Link href="/sign-up" className={textLink}>
            Create an account
          </Link>
        </p>
        <Link href="/reset" className={textLink}>
          Forgotten it?
        </Link>
      </div>
    </>
  );
}
