import { afterAll, beforeAll, expect, test } from "vitest";
import { runEventView } from "#contracts/console/views.ts";
import type { RunId } from "#contracts/ids.ts";
import { waitUntil } from "#base/wait.ts";
import { appendRunEvent } from "../runs/append-run-event.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { callRest } from "../testkit/rest-client.ts";
import { signUpTenant, type Tenant } from "../testkit/tenants.ts";
import { moveRun } from "../testkit/work-run.ts";
import { RUN_EVENTS_PATH } from "./run-events.ts";

let console: TestConsole;
let tenant: Tenant;
let bearer: string;
let stranger: string;

beforeAll(async () => {
  console = await bootConsole();
  tenant = await signUpTenant(console.deps, "Harbour");
  bearer = await viewerToken(tenant);
  stranger = await viewerToken(await signUpTenant(console.deps, "Lighthouse"));
});
afterAll(() => console.stop());

const viewerToken = async ({ slug, people }: Tenant) =>
  (await people.owner.caller.apiToken.create({ org: slug, name: "Watcher", role: "viewer" })).token;

let made = 0;
async function newRun(): Promise<RunId> {
  const homeRegion = console.deps.regions[0]!.id;
  const name = `Place ${(made += 1)}`;
  return (await tenant.people.owner.caller.environment.create({ org: tenant.slug, name, homeRegion })).run;
}

const follow = (run: string, headers: Record<string, string> = {}, token = bearer) =>
  callRest(console.deps, "GET", RUN_EVENTS_PATH, { params: { run }, headers, bearer: token });

/** The events of a whole answer, as an EventSource reads them. */
function parse(text: string) {
  return text
    .split("\n\n")
    .filter(Boolean)
    .map((block) => {
      const [id, data] = block.split("\n") as [string, string];
      return { id: id.replace("id: ", ""), ...runEventView.parse(JSON.parse(data.replace("data: ", ""))) };
    });
}

test("tells a run's whole story in order and ends with the run", async () => {
  const run = await newRun();
  await moveRun(console.deps, run, "leased");
  await appendRunEvent(console.deps.db, run, { kind: "log", level: "info", text: "hello" });
  await moveRun(console.deps, run, "succeeded");
  const answer = await follow(run);
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  const events = parse(await answer.text());
  expect(events.map(({ id, seq }) => [id, seq])).toEqual([
    ["1", 1],
    ["2", 2],
    ["3", 3],
  ]);
  expect(events[1]!.body).toEqual({ kind: "log", level: "info", text: "hello" });
});

test("resumes after Last-Event-ID, with nothing lost and nothing twice", async () => {
  const run = await newRun();
  for (const text of ["one", "two", "three"])
    await appendRunEvent(console.deps.db, run, { kind: "log", level: "info", text });
  await moveRun(console.deps, run, "failed");
  const events = parse(await (await follow(run, { "last-event-id": "2" })).text());
  expect(events.map(({ seq }) => seq)).toEqual([3, 4]);
  expect(parse(await (await follow(run, { "last-event-id": "4" })).text())).toEqual([]);
});

test("brings what happens while someone follows, and lets go of a reader that leaves", async () => {
  const run = await newRun();
  const { body } = await follow(run);
  const reader = body!.getReader();
  const first = reader.read();
  await appendRunEvent(console.deps.db, run, { kind: "log", level: "info", text: "now" });
  expect(new TextDecoder().decode((await first).value)).toContain('"text":"now"');
  expect(console.deps.runFeed.followers(run)).toBe(1);
  const next = reader.read();
  await reader.cancel();
  await next;
  await waitUntil(() => console.deps.runFeed.followers(run) === 0, { what: "nobody follows", timeoutMs: 2_000 });
});

test("another tenant's run and a run that is none are not found, and without a token it is 401", async () => {
  const run = await newRun();
  for (const answer of [await follow(run, {}, stranger), await follow("run_none")]) {
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  }
  expect((await callRest(console.deps, "GET", RUN_EVENTS_PATH, { params: { run } })).status).toBe(401);
});
