import { expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import { resolveApi } from "#contracts/api/resolved.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { makeRevocationList } from "#tools/testing/revocation-lists.ts";
import { RevocationWatch } from "./revocation-watch.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);
const authority = makeCertificate({ subject: "/CN=Root", authority: true });
const listDue = (nextUpdateMs: number) => makeRevocationList({ issuer: authority, revoked: [], nextUpdateMs });

test("a list says how long it is good for; what is wrong with one is said once, and again when it is something else", () => {
  const texts: Record<string, string | undefined> = { "file:///crl.pem": listDue(NOW + 2 * DAY_MS) };
  const said: unknown[] = [];
  const note = (facts: object) => void said.push(facts);
  const watch = new RevocationWatch({ read: (reference) => texts[reference] }, { warn: note, error: note });
  const auth = { mtls: { ca: [authority.pem], crl: ["file:///crl.pem", listDue(NOW + 5 * DAY_MS)] } };
  const { api } = resolveApi(apiSettings.parse({ id: "partners", listen: "/", upstream: "http://a.test", auth }));
  const look = (days: number) => watch.look([api], NOW + days * DAY_MS).map(({ list, daysLeft }) => [list, daysLeft]);

  expect(look(0)).toEqual([
    ["file:///crl.pem", 2],
    ["crl[1]", 5],
  ]);
  expect(said).toEqual([]);
  expect(look(3)[0]).toEqual(["file:///crl.pem", -1]);
  look(3);
  expect(said).toEqual([{ api: "partners", list: "file:///crl.pem", due: new Date(NOW + 2 * DAY_MS) }]);
  texts["file:///crl.pem"] = undefined;
  expect(look(3)).toEqual([["crl[1]", 2]]);
  look(3);
  expect(said[1]).toEqual({ api: "partners", list: "file:///crl.pem", err: "it cannot be read" });
  expect(said).toHaveLength(2);
  texts["file:///crl.pem"] = listDue(NOW + 30 * DAY_MS);
  look(3);
  expect(said).toHaveLength(2);
});
