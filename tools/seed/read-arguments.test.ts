import { expect, test } from "vitest";
import { readArguments } from "./read-arguments.ts";

test("a scenario alone is made on the default console, with the seed's own upstream", () => {
  expect(readArguments(["demo"], {})).toEqual({
    scenario: "demo",
    consoleUrl: "http://localhost:3000",
    email: "demo@causeway.example",
    upstream: undefined,
    json: false,
  });
});

test("--upstream takes a URL or stands alone, wherever it stands", () => {
  expect(readArguments(["demo", "--upstream", "http://127.0.0.1:9/", "--json"], {}).upstream).toBe(
    "http://127.0.0.1:9/",
  );
  expect(readArguments(["demo", "--upstream", "--json"], {})).toMatchObject({ upstream: undefined, json: true });
  expect(readArguments(["demo", "--upstream"], {}).upstream).toBeUndefined();
});

test("the console is where the environment says", () => {
  expect(readArguments(["empty"], { CAUSEWAY_PORT: "5200" }).consoleUrl).toBe("http://localhost:5200");
  const env = { CAUSEWAY_PORT: "5200", CAUSEWAY_PUBLIC_URL: "https://causeway.example/" };
  expect(readArguments(["empty"], env).consoleUrl).toBe("https://causeway.example");
});

test.each([[[]], [["nothing"]], [["demo", "empty"]], [["demo", "--what"]], [["demo", "--upstream", "orders"]]])(
  "%j is refused with how to say it",
  (args) => {
    expect(() => readArguments(args, {})).toThrow(/npm run seed|http:\/\//);
  },
);
