/** Signs in with next-auth and says what went wrong, or null. Its client is loaded when it is needed, not before. */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  const { signIn } = await import("next-auth/react");
  const answer = await signIn("credentials", { email, password, redirect: false });
  if (answer?.ok && !answer.error) return null;
  const unexplained = !answer?.error || answer.error === "CredentialsSignin";
  return unexplained ? "E-mail address or password is not right. Try again, or reset the password." : answer.error;
}
