import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { VerifyEmail } from "./verify-email.tsx";

export const metadata: Metadata = { title: "Verify your address", referrer: "no-referrer" };

export default async function VerifyPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams;
  if (!token) redirect("/");
  return <VerifyEmail token={token} />;
}
