import { NextRequest } from "next/server";
import { expect, test } from "vitest";
import { proxy } from "../../proxy.ts";

/** What `proxy` answers, and what it hands on to the page (Next's own way of saying so). */
function pass(headers: Record<string, string> = {}) {
  const answer = proxy(new NextRequest("http://127.0.0.1:3000/harbour/main?tab=nodes", { headers }));
  const handedOn = (name: string) => answer.headers.get(`x-middleware-request-${name}`);
  return { policy: answer.headers.get("content-security-policy")!, headers: answer.headers, handedOn };
}

test("only scripts that carry this answer's nonce run, and the page is told the nonce", () => {
  const { policy, handedOn } = pass();
  expect(policy).toContain(`script-src 'self' 'nonce-${handedOn("x-nonce")}' 'strict-dynamic';`);
  expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  for (const rule of ["object-src 'none'", "base-uri 'self'", "frame-ancestors 'none'", "form-action 'self'"])
    expect(policy).toContain(rule);
  expect(pass().handedOn("x-nonce")).not.toBe(handedOn("x-nonce"));
});

test("what a client says under the names of our own headers is overwritten", () => {
  const { policy, handedOn } = pass({ "x-nonce": "guessed", "x-causeway-path": "/elsewhere" });
  expect(handedOn("x-nonce")).not.toBe("guessed");
  expect(handedOn("x-causeway-path")).toBe("/harbour/main?tab=nodes");
  expect(policy).not.toContain("guessed");
});

test("every answer forbids sniffing, framing and leaking the address of a page", () => {
  const { headers } = pass();
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("x-frame-options")).toBe("DENY");
  expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
  expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
});
