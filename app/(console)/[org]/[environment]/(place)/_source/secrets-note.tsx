/** Said above every text that may name a secret. */
export function SecretsNote() {
  return (
    <>
      Secrets are named and never written here: <code className="text-sm">env://NAME</code>,{" "}
      <code className="text-sm">file:///path</code> or a <code className="text-sm">vault://</code> address.
    </>
  );
}
