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

/** A control plane that hangs must not keep a page away for as long as its own timeout is. */
const PATIENCE_MS = 2_000;

/**
 * What a page can be shown without: the component asks again from the browser, where it has words for what went wrong
 * (a control plane that does not answer, a right that is missing).
 */
export async function preload<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await withinPatience(asked);
  } catch (error) {
    await turnAway(error);
    return undefined;
  }
}

function withinPatience<T>(asked: Promise<T>): Promise<T | undefined> {
  const { promise: patience, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  return Promise.race([asked, patience]).finally(() => clearTimeout(timer));
}

async function turnAway(error: unknown): Promise<void> {
  if (!(error instanceof TRPCError)) return;
  if (error.code === "NOT_FOUND") notFound();
  if (error.code !== "UNAUTHORIZED") return;
  const here = (await headers()).get("x-causeway-path") ?? "/";
  redirect(`/sign-in?next=${encodeURIComponent(here)}`);
}
