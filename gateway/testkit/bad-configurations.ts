import { makeCertificate } from "#tools/testing/certificates.ts";

/** A configuration that is wrong in one thing, and what is said of it. */
export interface BadConfiguration {
  name: string;
  text: string;
  line: number;
  path: string;
  /** Expectation and remedy. */
  says: string;
}

/** Of 2020. Its key is of no matter: that it has expired is told before anything is asked of the key. */
export const EXPIRED_PEM = `-----BEGIN CERTIFICATE-----
MIIBGzCBwgIBATAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA9leHBpcmVkLmV4YW1w
bGUwHhcNMjAwMTAxMDAwMDAwWhcNMjAwMjAxMDAwMDAwWjAaMRgwFgYDVQQDDA9l
eHBpcmVkLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQnDlnzmUp3
c1dSFWW8HGYGG5JWe2Trx4yCVAIW5E/C/Ve1fNL0Rf+lFD1jnRcI15Rd/L2ZRB0j
tw+4apO2B8oSMAoGCCqGSM49BAMCA0gAMEUCIQCjnvOL9M7Y2faJWzuTALXbvvUu
3C9TNkpubPyCmlG1lgIgeVw6vTQs7+os0T4QoYBjz/i9HN/Qi5ukyiQr55H3J2s=
-----END CERTIFICATE-----
`;

/** Files that the configurations below name, by their names. */
export function filesBeside(): Record<string, string> {
  const [one, other] = [makeCertificate({ subject: "/CN=one" }), makeCertificate({ subject: "/CN=other" })];
  return {
    "one.pem": one.pem,
    "one.key": one.keyPem,
    "other.key": other.keyPem,
    "expired.pem": EXPIRED_PEM,
    "words.txt": "not a certificate\n",
    "document.yaml": "openapi: 3.1.0\npaths: { /x: { get: { operationId: getX } } }\n",
  };
}

const api = (id: string, more = "") => `  - { id: ${id}, listen: /${id}, upstream: "http://127.0.0.1:9001"${more} }`;
const certificate = (folder: string, pem: string, key: string) =>
  `certificates:\n  - id: c\n    certificate: file://${folder}/${pem}\n    key: file://${folder}/${key}`;

/** Every way to be wrong that no schema of one field can see, and a few that one can. */
export function badConfigurations(folder: string, takenPort: number): BadConfiguration[] {
  const bad = (name: string, text: string, line: number, path: string, says: string): BadConfiguration => {
    return { name, text: `${text}\n`, line, path, says };
  };
  return [
    bad(
      "a day in place of a time",
      `apis:\n${api("a")}\nkeys:\n  - { id: k, hash: "sha256:${"0".repeat(64)}", expires: 2030-01-01 }`,
      4,
      "keys[0].expires",
      "expected a time such as 2030-01-01T00:00:00Z",
    ),
    bad(
      "a policy that is not there",
      `apis:\n${api("a")}\nkeys:\n  - { id: k, hash: "sha256:${"0".repeat(64)}", policies: [gold] }`,
      4,
      "keys[0].policies[0]",
      "no policy is called gold; known: none",
    ),
    bad(
      "an API that is not there",
      `apis:\n${api("a")}\npolicies:\n  - { id: gold, apis: [a, b] }`,
      4,
      "policies[0].apis.b",
      "no API is called b; known: a",
    ),
    bad(
      "an operation that a grant names and no document has",
      `apis:\n${api("a", ", openapi: document.yaml")}\npolicies:\n  - { id: gold, apis: { a: { operations: [getY] } } }`,
      4,
      "policies[0].apis.a.operations[0]",
      "a has no operation getY; known: getX",
    ),
    bad(
      "an operation that settings name and no document has",
      `apis:\n${api("a", ", openapi: document.yaml, operations: { getY: {} }")}`,
      2,
      "apis[0].operations.getY",
      "no operation of the OpenAPI document has this operationId; known: getX",
    ),
    bad(
      "an id that is taken",
      `apis:\n${api("a")}\n  - { id: a, listen: /b, upstream: "http://u" }`,
      3,
      "apis[1].id",
      "a is taken already",
    ),
    bad(
      "a place that is taken",
      `apis:\n${api("a")}\n  - { id: b, listen: { host: "*.example.com", path: /a }, upstream: "http://u" }\n  - { id: c, listen: /a/, upstream: "http://u" }`,
      4,
      "apis[2].listen",
      "/a is taken by a",
    ),
    bad(
      "a rewrite to a segment that is not in the path",
      `apis:\n  - id: a\n    listen: /a\n    upstream: http://u\n    transform:\n      request:\n        rewrite: [{ from: "/x/{id}", to: "/y/{name}" }]`,
      7,
      "apis[0].transform.request.rewrite",
      "{name} of /y/{name} is not in /x/{id}",
    ),
    bad(
      "a certificate that is not there",
      certificate(folder, "no.pem", "one.key"),
      3,
      "certificates[0].certificate",
      `file://${folder}/no.pem cannot be read; expected a PEM certificate there`,
    ),
    bad(
      "a certificate that is none",
      certificate(folder, "words.txt", "one.key"),
      3,
      "certificates[0].certificate",
      "holds no PEM certificate (-----BEGIN CERTIFICATE-----)",
    ),
    bad(
      "a certificate that has expired",
      certificate(folder, "expired.pem", "one.key"),
      3,
      "certificates[0].certificate",
      "expired on 2020-02-01T00:00:00.000Z; renew it",
    ),
    bad(
      "a key of another certificate",
      certificate(folder, "one.pem", "other.key"),
      4,
      "certificates[0].key",
      "expected the private key of that certificate",
    ),
    bad(
      "a key that is none",
      certificate(folder, "one.pem", "words.txt"),
      4,
      "certificates[0].key",
      "holds no private key without a passphrase",
    ),
    bad(
      "TLS without a certificate",
      "settings:\n  listeners:\n    - port: 8443\n      tls: {}",
      4,
      "settings.listeners[0].tls",
      "TLS needs at least one entry of certificates",
    ),
    bad(
      "a key's secret that is not set",
      "keys:\n  - { id: k, secret: env://NOT_SET_HERE }",
      2,
      "keys[0].secret",
      "NOT_SET_HERE",
    ),
    bad(
      "an API's secret that is not set",
      `apis:\n${api("a", ", auth: { jwt: { issuer: i, audience: a, secret: env://NOT_SET_HERE } }")}`,
      2,
      "apis[0].auth.jwt.secret",
      "the environment variable NOT_SET_HERE is not set; expected the secret there",
    ),
    bad(
      "a range of addresses that is none",
      `apis:\n${api("a", ", ip: { allow: [10.0.0.0/33] }")}`,
      2,
      "apis[0].ip.allow[0]",
      "expected an IP address or a CIDR range such as 10.0.0.0/8",
    ),
    bad(
      "a URL that is none",
      `apis:\n  - id: a\n    listen: /a\n    upstream: localhost:9001`,
      4,
      "apis[0].upstream",
      "expected an http:// or https:// URL",
    ),
    bad(
      "a port that another program has",
      `settings:\n  listeners:\n    - host: 127.0.0.1\n      port: ${takenPort}`,
      4,
      "settings.listeners[0].port",
      `127.0.0.1:${takenPort}: another program listens there; stop it, or choose another address`,
    ),
    bad(
      "aliases that would fill the memory",
      `a: &a [x, x, x, x, x, x, x, x, x]\n${"bcdefghi".replace(/./g, (name, at: number) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefgh"[at]}`).join(", ")}]\n`)}`,
      1,
      "(top level)",
      "resource exhaustion",
    ),
  ];
}
