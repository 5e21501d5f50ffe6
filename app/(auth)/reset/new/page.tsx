import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { NewPasswordForm } from "./new-password-form.tsx";

export const metadata: Metadata = { title: "Choose a new password", referrer: "no-referrer" };

export default async function NewPasswordPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams;
  if (!token) redirect("/reset");
  return <NewPasswordForm token={token} />;
}
