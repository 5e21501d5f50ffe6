/** How Pulumi's wire marks a secret: an object with this key (sdk/go/common/resource/sig) beside its value. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

/** The value inside, at any depth: what the region is told. */
export function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (value === null || typeof value !== "object") return value;
  if (isSecret(value)) return revealed(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, revealed(member)]));
}

export function asSecret(value: unknown): unknown {
  return { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** Whether a property is secret, as a whole or in a part. */
export function holdsSecret(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  return isSecret(value) || Object.values(value).some(holdsSecret);
}

function isSecret(value: object): value is { value: unknown } {
  return SIGNATURE_KEY in value && value[SIGNATURE_KEY] === SECRET_SIGNATURE && "value" in value;
}
