import { signAws } from "./aws-signature.ts";
import { getJson } from "./store-request.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The text of a secret in AWS Secrets Manager (`GetSecretValue`). Throws with what AWS said, and never with a value. */
export async function readAwsSecret(id: string, env: Environment, now: Date): Promise<string> {
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (!region) throw new Error("AWS_REGION is not set");
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
  const endpoint = env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? `https://secretsmanager.${region}.amazonaws.com`;
  const url = new URL("/", endpoint);
  const body = JSON.stringify({ SecretId: id });
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" };
  const credentials = { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN };
  const place = { region, service: "secretsmanager" };
  const { host: _host, ...signed } = signAws({ method: "POST", url, headers, body }, place, credentials, now);
  const answer = await getJson(url.href, { method: "POST", headers: signed, body });
  const said = (answer.body ?? {}) as { SecretString?: unknown; __type?: unknown };
  const kind = typeof said.__type === "string" ? ` ${said.__type}` : "";
  if (answer.status !== 200) throw new Error(`AWS answered ${answer.status}${kind}`);
  if (typeof said.SecretString !== "string") throw new Error("it is binary; expected a secret of text");
  return said.SecretString;
}
