import type { Metadata } from "next";
import { RequestResetForm } from "./request-reset-form.tsx";

export const metadata: Metadata = { title: "Reset your password" };

export default function RequestResetPage() {
  return <RequestResetForm />;
}
