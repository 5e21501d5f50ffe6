import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { answerV1 } from "./v1.ts";

const deps = { status: () => ({}), apis: () => [], reload: async () => ({}), management: () => undefined };

test.each([
  ["GET", "/v1/config"],
  ["PUT", "/v1/config"],
  ["GET", "/v1/keys"],
  ["POST", "/v1/keys"],
  ["GET", "/v1/keys/a"],
  ["PUT", "/v1/keys/a"],
  ["DELETE", "/v1/keys/a"],
])("%s %s of a gateway that the link configures says where that is changed", async (method, path) => {
  const asked = new IncomingMessage(new Socket());
  const answer = await answerV1(asked, method, new URL(`http://admin${path}`), deps);
  expect(answer.status).toBe(409);
  expect(JSON.parse(answer.body)).toMatchObject({
    code: "configuration_read_only",
    detail: "this gateway is configured over the link: APIs and keys are changed in the console",
  });
});
