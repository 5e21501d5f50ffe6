import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { readNodeSettings } from "./read-node-settings.ts";

const folder = temporaryFolders();

function fileOf(text: string): string {
  const file = join(folder(), "node.yaml");
  writeFileSync(file, text);
  return file;
}

test("a node's own file holds settings, and what it leaves out is another place's to say", () => {
  const own = readNodeSettings(fileOf("settings:\n  listeners:\n    - port: 9443\n      proxyProtocol: true\n"));
  expect(own.settings.listeners).toMatchObject([{ port: 9_443, host: "0.0.0.0", proxyProtocol: true }]);
  expect(Object.keys(own.settings)).toEqual(["listeners"]);
});

test("APIs have no place in it: they come over the link", () => {
  const file = fileOf("apis:\n  - id: orders\n");
  expect(() => readNodeSettings(file)).toThrow(/node\.yaml:\d: apis: is not known here/);
});

test("TLS needs no certificate in it: the control plane may bring one", () => {
  const own = readNodeSettings(fileOf("settings:\n  listeners:\n    - port: 9443\n      tls: {}\n"));
  expect(own.settings.listeners).toMatchObject([{ tls: { minVersion: "TLSv1.2" } }]);
});

test("a certificate that is not there is told with its line", () => {
  const file = fileOf("certificates:\n  - id: a\n    certificate: file:///nowhere.pem\n    key: file:///nowhere.key\n");
  expect(() => readNodeSettings(file)).toThrow(
    `${file}:3: certificates[0].certificate: file:///nowhere.pem cannot be read`,
  );
});
