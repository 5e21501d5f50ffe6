import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { nextPath } from "#app/(auth)/next-path.ts";
import { currentSession } from "#server/auth/index.ts";
import { SignInForm } from "./sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string; reset?: string }>;
}) {
  const { next, reset } = await searchParams;
  const destination = nextPath(next);
  if (await currentSession()) redirect(destination);
  return <SignInForm destination={destination} afterReset={reset === "done"} />;
}
