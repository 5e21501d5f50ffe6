"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#app/_trpc/client.tsx";
import { problemOf } from "#app/_trpc/problem.ts";
import { Button } from "#app/_ui/button.tsx";
import { Notice } from "#app/_ui/state.tsx";

export function VerifyNotice() {
  const trpc = useTRPC();
  const resend = useMutation(trpc.auth.resendVerification.mutationOptions());
  return (
    <div className="mb-6">
      <Notice
        title="Verify your e-mail address"
        action={
          <Button
            size="sm"
            busy={resend.isPending && "Sending…"}
            disabled={resend.isSuccess}
            onClick={() => resend.mutate()}
          >
            {resend.isSuccess ? "Sent" : "Send the letter again"}
          </Button>
        }
      >
        {resend.error
          ? problemOf(resend.error).message
          : "Invitations and a second environment wait for it. Open the link in our letter."}
      </Notice>
    </div>
  );
}
