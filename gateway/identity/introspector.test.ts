import { describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { Lru } from "#base/lru.ts";
import { Identity } from "#gateway/session/index.ts";
import { Introspector, type Introspected } from "./introspector.ts";
import { AnswerStatusError } from "./outbound.ts";

/** An endpoint that answers by token, and whoever asks it. */
function asked(answer: (token: string) => unknown) {
  const clock = new FakeClock();
  const questions: string[] = [];
  const introspector = new Introspector({
    name: "asked",
    introspection: {
      url: "http://issuer.test/introspect",
      clientId: "gateway",
      clientSecret: "env://SECRET",
      cacheFor: 30_000,
      negativeFor: 5_000,
      staleFor: 300_000,
    },
    outbound: {
      fetchJson: async (_url, { body } = { method: "POST" }) => {
        const token = new URLSearchParams(body).get("token")!;
        questions.push(token);
        return answer(token);
      },
      close: () => {},
    },
    secrets: { read: () => "secret" },
    clock,
    cache: new Lru<string, Introspected>(100),
    callerOf: ({ sub }) => new Identity({ id: String(sub), policies: [], apis: {}, claims: {} }),
  });
  return { questions, verify: async (token: string) => introspector.verify(token, clock.now()) };
}
const active = { active: true, sub: "alice" };

describe("an endpoint that says something of one token alone", () => {
  test.each<[string, () => unknown]>([
    ["400, as of a token that it cannot read", () => failing(400)],
    ["413, as of one that is too long", () => failing(413)],
    ["an answer without `active`", () => ({ sub: "alice" })],
    ["`active` as text", () => ({ active: "true", sub: "alice" })],
  ])("is asked about the others at once: %s", async (_name, odd) => {
    const { verify } = asked((token) => (token === "odd" ? odd() : active));
    expect(await verify("odd")).toBe("issuer_unreachable");
    expect(await verify("good")).toMatchObject({ claims: active });
  });
});

describe("an endpoint that fails", () => {
  test.each<[string, () => unknown]>([
    ["its own failure", () => failing(500)],
    ["it does not know the gateway", () => failing(401)],
    ["it is too busy", () => failing(429)],
    ["no answer", () => Promise.reject(new Error("socket hang up"))],
  ])("is left alone for a second: %s", async (_name, failure) => {
    const { verify, questions } = asked(failure);
    expect(await verify("one")).toBe("issuer_unreachable");
    expect(await verify("two")).toBe("issuer_unreachable");
    expect(questions).toEqual(["one"]);
  });
});

function failing(status: number): Promise<never> {
  return Promise.reject(new AnswerStatusError("http://issuer.test/introspect", status));
}
