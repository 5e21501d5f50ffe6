/**
 * Secrets: values that a configuration names and never holds (`env://NAME`, `file:///run/secrets/name`,
 * `vault://<mount>/<path>#<field>`, `aws-sm://<id>#<field>`). It must not write a value to a log, to disk or into a revision.
 */
export { processSecrets, type Secrets } from "./process-secrets.ts";
export { ReceivedSecrets } from "./received-secrets.ts";
export { remoteReferencesIn } from "./remote-reference.ts";
export { SecretStore, type SecretFault } from "./secret-store.ts";
