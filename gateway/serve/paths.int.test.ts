import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { sendRaw } from "#gateway/testkit/raw.ts";
import { startRawUpstream, type RawUpstream } from "#gateway/testkit/raw-upstream.ts";

let gateway: BootedGateway;
let open: RawUpstream;
let locked: RawUpstream;

beforeAll(async () => {
  [open, locked] = [await startRawUpstream(), await startRawUpstream()];
  const rewrite = (from: string, to: string) => ({ request: { rewrite: [{ from, to }] } });
  gateway = await bootGateway({
    apis: [
      { id: "open", listen: "/open", auth: "none", upstream: open.url },
      { id: "kept", listen: { path: "/kept", strip: false }, auth: "none", upstream: open.url },
      {
        id: "joined",
        listen: "/joined",
        auth: "none",
        upstream: `${open.url}/base`,
        transform: rewrite("/{a}-{b}", "/in/{a}{b}"),
      },
      {
        id: "dotted",
        listen: "/dotted",
        auth: "none",
        upstream: `${open.url}/base`,
        transform: rewrite("/{a}", "/in/.{a}"),
      },
      {
        id: "rest",
        listen: "/rest",
        auth: "none",
        upstream: `${open.url}/base`,
        transform: rewrite("/v1/{rest*}", "/ü/{rest*}"),
      },
      { id: "root", listen: "/", auth: "key", upstream: locked.url },
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  open.stop();
  locked.stop();
});

async function ask(target: string): Promise<{ status: number; sent: string | undefined }> {
  open.forget();
  locked.forget();
  const request = `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  const { text } = await sendRaw(gateway.url, Buffer.from(request, "latin1"));
  expect(locked.requests).toEqual([]);
  return { status: Number(text.slice(9, 12)), sent: open.requests[0]?.head.split(" ")[1] };
}

describe("what reaches the upstream is what was routed", () => {
  test.each([
    ["/open/x/./y/../z", "/x/z"],
    ["/open//x///y/", "/x/y/"],
    ["/x/../open/y", "/y"],
    ["/open/a%2Fb?c=/../d", "/a%2Fb?c=/../d"],
    ["/open/%E2%82%AC;v=1", "/%E2%82%AC;v=1"],
    ["http://a/open/x", "/x"],
    ["/%6fpe%6E/%61%2fb", "/a%2Fb"],
    ["/open", "/"],
    ["/open/", "/"],
    ["/open?x=y", "/?x=y"],
    ["/kept/../kept/x", "/kept/x"],
    ["/rest/v1/a/b", "/base/%C3%BC/a/b"],
    ["/joined/a-b", "/base/in/ab"],
  ])("%s goes on as %s", async (target, sent) => expect(await ask(target)).toEqual({ status: 200, sent }));

  test.each(["/open/../x", "/open/%2e%2e/x", "/open/%2E./x", "/openx", "/OPEN/x", "/op%65nx", "/open/x/../../y"])(
    "%s is not the open API's, and without a key it goes nowhere",
    async (target) => expect(await ask(target)).toEqual({ status: 401, sent: undefined }),
  );

  test.each([
    ...[
      "/open/..%2fx",
      "/open/..%5cx",
      "/open/..;/x",
      "/open/%2e%2e;/x",
      "/open/x%2f..%2f..%2fy",
      "/open/%00",
      "/open/%",
    ],
    ...[
      "/open/%c0%ae%c0%ae/x",
      "/open/%zz",
      "/open/x\\..\\y",
      "/open/x#y",
      "/open/\xfc",
      "*",
      "a:80",
      "open",
      "http://b/open",
    ],
  ])("%j is refused, since an upstream could take it for another path", async (target) =>
    expect(await ask(target)).toEqual({ status: 400, sent: undefined }),
  );
});

describe("a rewrite", () => {
  test("makes no dot segment of values that were none", async () => {
    expect(await ask("/joined/.-.")).toEqual({ status: 200, sent: "/base/" });
    expect(await ask("/dotted/.x")).toEqual({ status: 200, sent: "/base/in/..x" });
  });

  test("refuses what it would make of values with encoded slashes", async () => {
    expect(await ask("/dotted/.%2Fx")).toEqual({ status: 400, sent: undefined });
    expect(await ask("/joined/.-.%2F..x")).toEqual({ status: 400, sent: undefined });
  });
});
