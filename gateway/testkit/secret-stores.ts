import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { signAws } from "#gateway/secrets/aws-signature.ts";

/** The two endpoints of stores that a gateway reads secrets from, in one server, with the refusals that the real ones give. */
export interface SecretStores {
  url: string;
  /** By `<mount>/<path>`, as Vault's key-value store has it. */
  vault: Map<string, Record<string, unknown>>;
  /** By id, as AWS Secrets Manager has it. */
  aws: Map<string, string>;
  /** Answers 503 while it is set. */
  isDown: boolean;
  asked: string[];
  /** What a gateway's environment says to reach it. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const TOKEN = "hvs.test-token";
const credentials = { accessKeyId: "AKIDTEST", secretAccessKey: "aws-secret", sessionToken: "aws-session" };

export async function startSecretStores(): Promise<SecretStores> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { status, value } = stores.isDown ? { status: 503, value: {} } : answer(request, body, stores);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stores: SecretStores = {
    url,
    vault: new Map(),
    aws: new Map(),
    isDown: false,
    asked: [],
    env: {
      VAULT_ADDR: url,
      VAULT_TOKEN: TOKEN,
      AWS_REGION: "eu-north-1",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return stores;
}

function answer(request: IncomingMessage, body: string, stores: SecretStores): { status: number; value: unknown } {
  stores.asked.push(`${request.method} ${request.url}`);
  return request.method === "POST" ? answerAws(request, body, stores) : answerVault(request, stores);
}

function answerVault({ url = "", headers }: IncomingMessage, { vault }: SecretStores) {
  if (headers["x-vault-token"] !== TOKEN) return { status: 403, value: { errors: ["permission denied"] } };
  const match = /^\/v1\/([^/]+)\/data\/(.+)$/.exec(url);
  const data = match && vault.get(`${match[1]}/${decodeURIComponent(match[2]!)}`);
  if (!data) return { status: 404, value: { errors: [] } };
  return { status: 200, value: { data: { data, metadata: { version: 1 } } } };
}

function answerAws({ headers }: IncomingMessage, body: string, { aws, url }: SecretStores) {
  const date = headers["x-amz-date"] as string;
  const signed = signAws(
    {
      method: "POST",
      url: new URL("/", url),
      headers: { "content-type": headers["content-type"]!, "x-amz-target": headers["x-amz-target"] as string },
      body,
    },
    { region: "eu-north-1", service: "secretsmanager" },
    credentials,
    new Date(date.replace(/^(....)(..)(..T..)(..)(..)Z$/, "$1-$2-$3:$4:$5Z")),
  );
  if (signed.authorization !== headers.authorization)
    return { status: 400, value: { __type: "InvalidSignatureException" } };
  const { SecretId } = JSON.parse(body) as { SecretId: string };
  const text = aws.get(SecretId);
  if (text === undefined) return { status: 400, value: { __type: "ResourceNotFoundException" } };
  return { status: 200, value: { Name: SecretId, SecretString: text } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
