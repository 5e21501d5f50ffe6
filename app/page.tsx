import { redirect } from "next/navigation";
import { load } from "#app/_trpc/load.ts";
import { currentSession } from "#server/auth/index.ts";
import { serverCaller } from "#server/trpc/caller.ts";

/** The front door: into the only workspace, to the choice of several, or to the sign-in. */
export default async function FrontDoor() {
  if (!(await currentSession())) redirect("/sign-in");
  const api = await serverCaller();
  const { workspaces } = await load(api.auth.me());
  redirect(workspaces.length === 1 ? `/${workspaces[0]!.slug}` : "/workspaces");
}
