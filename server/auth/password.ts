import { argon2 as argon2Callback, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { RandomBytes } from "#base/id.ts";

const argon2 = promisify(argon2Callback);

/** OWASP's Argon2id setting of 2024 (m = 19 MiB, t = 2, p = 1): about 20 ms of one core. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;

/** `argon2id$<memory KiB>$<passes>$<lanes>$<salt>$<tag>`, both in base64url (RFC 9106). */
export async function hashPassword(password: string, random: RandomBytes): Promise<string> {
  const salt = Buffer.from(random(16));
  const tag = await argon2("argon2id", { message: password, nonce: salt, ...COST });
  return [
    "argon2id",
    COST.memory,
    COST.passes,
    COST.parallelism,
    salt.toString("base64url"),
    tag.toString("base64url"),
  ].join("$");
}

/** Constant time in the tag. A stored text of another form is an error: it would otherwise lock its owner out in silence. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [kind, memory, passes, parallelism, salt, tag] = stored.split("$");
  if (kind !== "argon2id" || !salt || !tag) throw new Error("stored password has an unknown form");
  const expected = Buffer.from(tag, "base64url");
  const actual = await argon2("argon2id", {
    message: password,
    nonce: Buffer.from(salt, "base64url"),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  });
  return timingSafeEqual(actual, expected);
}

/** A hash of nothing anyone types: an unknown address takes as long as a wrong password. */
export const decoyHash = `argon2id$${COST.memory}$${COST.passes}$${COST.parallelism}$${Buffer.alloc(16).toString("base64url")}$${Buffer.alloc(32).toString("base64url")}`;
