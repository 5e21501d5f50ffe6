import { statSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createLogger } from "#base/log.ts";
import { hashToken } from "#base/token.ts";
import { keyRecord } from "#contracts/key/record.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { loadIdentity } from "./identity.ts";
import { KeyStore } from "./key-store.ts";

const log = createLogger("gateway", { level: "silent" });
const folder = temporaryFolders();
const record = (id: string, version = 1) => keyRecord.parse({ id, hash: hashToken(id), apis: ["orders"], version });
const storeIn = (place: string) => new KeyStore(place, loadIdentity(place), log);

describe("keys live through a restart without a control plane", () => {
  test("with the cursor up to which changes were heard", () => {
    const place = folder();
    const store = storeIn(place);
    store.take([{ cursor: 7, hash: hashToken("a"), key: record("a") }], 7);
    store.put(record("b"));
    store.save();
    const again = storeIn(place);
    expect(again.cursor).toBe(7);
    expect(again.get(hashToken("a"))?.id).toBe("a");
    expect(again.get(hashToken("b"))?.id).toBe("b");
  });

  test("a revoked key does not come back", () => {
    const place = folder();
    const store = storeIn(place);
    store.put(record("a"));
    store.save();
    store.take([{ cursor: 1, hash: hashToken("a"), key: null }], 1);
    store.save();
    expect(storeIn(place).get(hashToken("a"))).toBeUndefined();
  });

  test("nothing readable lies on the disk, and nobody else may open it", () => {
    const place = folder();
    const store = storeIn(place);
    store.put(record("a"));
    store.save();
    expect(readFileSync(join(place, "keys"), "utf8")).not.toContain(hashToken("a"));
    for (const name of ["keys", "node.key"]) expect(statSync(join(place, name)).mode & 0o077).toBe(0);
  });

  test("a damaged file is said and starts anew, never stops the node", () => {
    const place = folder();
    const store = storeIn(place);
    store.put(record("a"));
    store.save();
    writeFileSync(join(place, "keys"), "v1.AAAA");
    expect(storeIn(place)).toMatchObject({ size: 0, cursor: null });
  });
});

test("an older record never replaces a newer one", () => {
  const store = storeIn(folder());
  store.take([{ cursor: 1, hash: hashToken("a"), key: record("a", 3) }], 1);
  expect(store.put(record("a", 2)).version).toBe(3);
  expect(store.get(hashToken("a"))?.version).toBe(3);
});

test("the same folder is the same node", () => {
  const place = folder();
  expect(loadIdentity(place).publicKey).toBe(loadIdentity(place).publicKey);
  expect(loadIdentity(place).publicKey).not.toBe(loadIdentity(folder()).publicKey);
});
