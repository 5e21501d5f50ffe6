import { createServer } from "node:http";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootPlane } from "../testkit/boot-plane.ts";
import { linkedGateway, listenForTest, type Closing } from "../testkit/linked-gateway.ts";

const closing: Closing = [];
let booted: Awaited<ReturnType<typeof bootPlane>>;
let upstream: string;
/** One real gateway of each cluster, by the tags that the console gave it. */
let tagged: string;
let plain: string;

beforeAll(async () => {
  booted = await bootPlane(inject("postgresUrl"));
  closing.push(() => booted.stop());
  upstream = await listenForTest(
    createServer((_request, response) => void response.end("served")),
    closing,
  );
  await publish("everywhere", []);
  await publish("inner", ["internal"]);
  [tagged, plain] = await Promise.all([
    linkedGateway(booted, ["internal"], closing),
    linkedGateway(booted, [], closing),
  ]);
  await served("everywhere", 0);
  await served("everywhere", 1);
}, 90_000);
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

test("an API with a tag is served by the cluster that carries it and is 404 at the other; one without tags is served by both", async () => {
  expect(await statuses("everywhere")).toEqual([200, 200]);
  expect(await statuses("inner")).toEqual([200, 404]);
});

test("one that is published later, or loses its tag, goes to those whose it is and to no other", async () => {
  const late = await publish("late", ["internal"]);
  await served("late", 0);
  // What is published after it has come to the other cluster as well: by then that one would have it.
  await publish("after", []);
  await served("after", 1);
  expect(await statuses("late")).toEqual([200, 404]);
  const changed = await booted.call("PUT", `/apis/${late.id}?version=1`, settings("late", []));
  expect(changed.status).toBe(200);
  await served("late", 1);
  expect(await statuses("late")).toEqual([200, 200]);
});

async function statuses(path: string): Promise<number[]> {
  return Promise.all([tagged, plain].map(async (url) => (await fetch(`${url}/${path}/x`)).status));
}

/** A port that is not listened on yet is no answer. */
const served = (path: string, at: 0 | 1) =>
  waitUntil(async () => (await statuses(path).catch(() => []))[at] === 200, {
    what: `/${path} is served`,
    timeoutMs: 20_000,
  });

const settings = (path: string, tags: string[]) => ({ name: path, listen: `/${path}`, upstream, auth: "none", tags });

async function publish(path: string, tags: string[]) {
  const { status, body } = await booted.call<{ id: string }>("POST", "/apis", settings(path, tags));
  expect(status).toBe(201);
  return body;
}
