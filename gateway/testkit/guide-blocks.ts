import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeCertificate } from "#tools/testing/certificates.ts";
import type { SecretStores } from "./secret-stores.ts";

const guides = resolve(import.meta.dirname, "../../docs/guides");

/** A configuration of a guide, as it stands there. */
export interface GuideBlock {
  guide: string;
  /** Where its first line is. */
  line: number;
  text: string;
  /** Other files that the guide holds, by name: blocks with the info string `yaml file NAME`. */
  files: Record<string, string>;
}

/** The blocks with the info string `yaml gateway-config`, of all guides. */
export function guideBlocks(): GuideBlock[] {
  return readdirSync(guides)
    .filter((name) => name.endsWith(".md"))
    .flatMap((guide) => blocksOf(guide, readFileSync(join(guides, guide), "utf8")));
}

function blocksOf(guide: string, text: string): GuideBlock[] {
  const fenced = [...text.matchAll(/^```yaml ([^\n]+)\n(.*?)^```$/gms)].map((match) => ({
    info: match[1]!.trim(),
    text: match[2]!,
    line: text.slice(0, match.index).split("\n").length + 1,
  }));
  const files = Object.fromEntries(
    fenced.filter(({ info }) => info.startsWith("file ")).map(({ info, text }) => [info.slice("file ".length), text]),
  );
  return fenced
    .filter(({ info }) => info === "gateway-config")
    .map((block) => ({ guide, line: block.line, text: block.text, files }));
}

/**
 * A value for each variable that a configuration names: `…_CERTIFICATE` and `…_PRIVATE_KEY` hold a pair of PEM texts, any
 * other a secret that is long enough for everything.
 */
export function dummyEnv(text: string): Record<string, string> {
  const names = [...new Set([...text.matchAll(/env:\/\/([A-Z0-9_]+)/g)].map(([, name]) => name!))];
  const pair = names.some((name) => isPem(name))
    ? makeCertificate({ subject: "/CN=guide", names: ["guide.test"] })
    : undefined;
  return Object.fromEntries(names.map((name) => [name, pair && isPem(name) ? pemFor(name, pair) : dummyFor(name)]));
}

/** Has a store hold what a configuration names of Vault: a made pair where there is a `certificate`, else any secret. */
export function fillStores(text: string, { vault }: SecretStores): void {
  const references = [...text.matchAll(/vault:\/\/([\w/-]+)#(\w+)/g)].map(
    ([, path, field]) => [path!, field!] as const,
  );
  if (references.length === 0) return;
  const { pem, keyPem } = makeCertificate({ subject: "/CN=guide", names: ["guide.test"] });
  for (const [path, field] of references) {
    const isPair = references.some(([other, name]) => other === path && name === "certificate");
    const value = field === "certificate" ? pem : isPair ? keyPem : dummyFor(field);
    vault.set(path, { ...vault.get(path), [field]: value });
  }
}

/** Files of a machine that guides speak of, `file:///etc/causeway/…`: a made pair stands in for them, in the folder. */
export function withStandIns(text: string, folder: string): string {
  const names = [...new Set([...text.matchAll(/file:\/\/\/etc\/causeway\/([\w.-]+)/g)].map(([, name]) => name!))];
  if (names.length === 0) return text;
  const { pem, keyPem } = makeCertificate({ subject: "/CN=guide", names: ["guide.test"] });
  for (const name of names) writeFileSync(join(folder, name), name.endsWith(".key") ? keyPem : pem);
  return text.replaceAll("file:///etc/causeway/", `file://${folder}/`);
}

function isPem(name: string): boolean {
  return /_(CERTIFICATE|PRIVATE_KEY|CA)$/.test(name);
}

function pemFor(name: string, { pem, keyPem }: { pem: string; keyPem: string }): string {
  return name.endsWith("_PRIVATE_KEY") ? keyPem : pem;
}

function dummyFor(name: string): string {
  return `${name.toLowerCase()}-${"0123456789".repeat(4)}`;
}
