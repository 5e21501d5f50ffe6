import "server-only";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { TRPCError } from "@trpc/server";

/** What a page cannot be shown without. Signed out: to the sign-in, and back. Not there, or another tenant's: 404. */
export async function load<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    await turnAway(error);
    throw error;
  }
}

/**
 * What a page can be shown without: the component asks again from the browser, where it has words for what went wrong
 * (a control plane that does not answer, a right that is missing).
 */
export async function preload<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    await turnAway(error);
    return undefined;
  }
}

async function turnAway(error: unknown): Promise<void> {
  if (!(error instanceof TRPCError)) return;
  if (error.code === "NOT_FOUND") notFound();
  if (error.code !== "UNAUTHORIZED") return;
  const here = (await headers()).get("x-causeway-path") ?? "/";
  redirect(`/sign-in?next=${encodeURIComponent(here)}`);
}
