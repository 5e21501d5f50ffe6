import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { currentSession } from "#server/auth/index.ts";
import { SignUpForm } from "./sign-up-form.tsx";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUpPage() {
  if (await currentSession()) redirect("/");
  return <SignUpForm />;
}
