"use client";

import { useMutation } from "@tanstack/react-query";
import { AuthHeading } from "#app/(auth)/auth-heading.tsx";
import { useTRPC } from "#app/_trpc/client.tsx";
import { Button, ButtonLink } from "#app/_ui/button.tsx";
import { FormProblem } from "#app/_ui/problem-state.tsx";

/** A press verifies, not the visit: mail scanners follow links, and would use the token up. */
export function VerifyEmail({ token }: { token: string }) {
  const trpc = useTRPC();
  const verify = useMutation(trpc.auth.verifyEmail.mutationOptions());
  if (verify.isSuccess)
    return (
      <>
        <AuthHeading title="Your address is verified">
          You can invite people and create further environments now.
        </AuthHeading>
        <ButtonLink href="/" look="primary">
          Go to the console
        </ButtonLink>
      </>
    );
  return (
    <>
      <AuthHeading title="Verify your address">One press, and this address is known to be yours.</AuthHeading>
      <div className="grid gap-5">
        <FormProblem error={verify.error} />
        <Button look="primary" busy={verify.isPending && "Verifying…"} onClick={() => verify.mutate({ token })}>
          Verify address
        </Button>
      </div>
    </>
  );
}
