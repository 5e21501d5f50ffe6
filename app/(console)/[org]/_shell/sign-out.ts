/** Ends this session on the server too, then shows the door. */
export async function signOut(): Promise<void> {
  const client = await import("next-auth/react");
  await client.signOut({ redirect: false });
  window.location.assign("/sign-in");
}
