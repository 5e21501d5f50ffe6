/**
 * Authenticates: any of an API's alternatives, all methods of that alternative. A credential that is missing or not good is
 * 401, one that is known and not allowed 403; a store or an issuer that cannot be asked is 503, never 401, and only where no
 * other alternative holds. Credentials do not go upstream: one that logs its headers must not collect them.
 */
import type { Auth, AuthAlternative } from "#contracts/api/auth.ts";
import { messageOf } from "#base/errors.ts";
import { definePlugin, type Exchange, type PluginDeps, type Reply } from "#gateway/pipeline/index.ts";
import { allOf, anyOf } from "./alternatives.ts";
import { basicMethod } from "./basic.ts";
import { keyMethod } from "./key.ts";
import type { Method, Outcome } from "./method.ts";
import { mtlsMethod } from "./mtls.ts";
import { oauth2Method } from "./oauth2.ts";
import { Refusal } from "./refusal.ts";
import { hmacMethod } from "./signature/hmac.ts";
import { signatureMethod } from "./signature/signature.ts";
import { tokenMethod } from "./token.ts";

export const authenticate = definePlugin({
  name: "authenticate",
  phase: "authenticate",
  config: ["id", "auth"],
  compile({ id, auth }, deps) {
    if (auth.anyOf.length === 0) return undefined;
    // All operations share it: keys are read once, and what is asked of an issuer is asked once for all of them.
    const identify = deps.identity.once(auth, () => compileAuth(id, auth, deps));
    return (exchange) => {
      const outcome = identify(exchange);
      if (!(outcome instanceof Promise)) return settle(exchange, outcome);
      return outcome.then((found) => settle(exchange, found));
    };
  },
});

function compileAuth(api: string, auth: Auth, deps: PluginDeps): ReturnType<typeof anyOf> {
  const takesTokens = auth.anyOf.some(({ jwt, oidc, oauth2 }) => jwt ?? oidc ?? oauth2?.issue);
  const alternatives = auth.anyOf.map((alternative, index) =>
    allOf(methodsOf(alternative, { api, path: `auth.anyOf[${index}]`, takesTokens }, deps)),
  );
  return anyOf(alternatives);
}

interface Place {
  api: string;
  path: string;
  takesTokens: boolean;
}

function settle(exchange: Exchange, outcome: Outcome): Reply | undefined {
  if (outcome instanceof Refusal) return outcome.reply;
  exchange.principal = outcome;
  return undefined;
}

type Compile = {
  [Name in keyof AuthAlternative]-?: (config: NonNullable<AuthAlternative[Name]>) => Method;
};

/** In this order: what costs least is asked first. */
function methodsOf(alternative: AuthAlternative, { api, path, takesTokens }: Place, deps: PluginDeps): Method[] {
  const compile: Compile = {
    key: (config) => keyMethod(config, deps, takesTokens),
    basic: (config) => basicMethod(config, deps),
    jwt: (config) => tokenMethod(config, deps.identity.jwtVerifier(api, config), deps),
    oidc: (config) => tokenMethod(config, deps.identity.jwtVerifier(api, config), deps),
    oauth2: (config) => oauth2Method(api, config, deps),
    mtls: (config) => mtlsMethod(api, config, deps),
    hmac: (config) => hmacMethod(api, config, deps),
    signature: (config) => signatureMethod(api, config, deps),
  };
  return (Object.keys(compile) as (keyof Compile)[]).flatMap((name) => {
    const config = alternative[name];
    if (config === undefined) return [];
    try {
      // Name and configuration are of one member, which the type of a union of members cannot say.
      return [(compile[name] as (config: object) => Method)(config)];
    } catch (error) {
      throw new Error(`${path}.${name}: ${messageOf(error)}`, { cause: error });
    }
  });
}
