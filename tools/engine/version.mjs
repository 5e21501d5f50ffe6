/** The Pulumi engine's version: the same as `@pulumi/pulumi`'s. */
export const ENGINE_VERSION = "3.259.0";

/** An engine of the same major version that is not older: what the SDK itself accepts, and reads this version's state. */
export function isFitting(text, wanted = ENGINE_VERSION) {
  const found = parse(text);
  const [major, minor, patch] = parse(wanted);
  if (!found || found[0] !== major) return false;
  return found[1] > minor || (found[1] === minor && found[2] >= patch);
}

/** `go version go1.26.8 linux/amd64` → whether it can build the engine. */
export function canBuild(goVersion) {
  const match = /go(\d+)\.(\d+)/.exec(goVersion ?? "");
  if (!match) return false;
  const [major, minor] = match.slice(1).map(Number);
  return major > 1 || minor >= 26;
}

/** A pre-release is older than its release, hence no fit: only plain versions are read. */
function parse(text) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(text?.trim() ?? "");
  return match?.slice(1).map(Number);
}
