// What a program may have beside the assignment: each is given as one more command of the same program.

export const CAPABILITIES = ["login", "tls", "pin"] as const;
export type Capability = (typeof CAPABILITIES)[number];
type Role = "server" | "client";

/** The variables in which such commands are given; the last one makes the users of a server with a login. */
export const VARIABLES = [
  "FT_SERVER_LOGIN",
  "FT_SERVER_TLS",
  "FT_CLIENT_LOGIN",
  "FT_CLIENT_TLS",
  "FT_CLIENT_PIN",
  "FT_USERS",
] as const;
export type Extras = Partial<Record<(typeof VARIABLES)[number], string>>;

const NAMES: Record<Capability, string> = {
  login: "a login",
  tls: "TLS",
  pin: "a pinned certificate",
};

export function variable(role: Role, capability: Capability): keyof Extras {
  const names = {
    // A server has nothing to pin.
    server: { login: "FT_SERVER_LOGIN", tls: "FT_SERVER_TLS", pin: "FT_CLIENT_PIN" },
    client: { login: "FT_CLIENT_LOGIN", tls: "FT_CLIENT_TLS", pin: "FT_CLIENT_PIN" },
  } as const;
  return names[role][capability];
}

export const commandFor = (role: Role, capability: Capability, extras: Extras = {}) =>
  extras[variable(role, capability)];

/** Why a case about it cannot be asked. */
export const ungiven = (role: Role, capability: Capability): string =>
  `no command for a ${role} with ${NAMES[capability]} was given (${variable(role, capability)})`;

/** Those that an environment gives. */
export function extrasIn(env: Record<string, string | undefined>): Extras {
  const given = VARIABLES.flatMap((name) => (env[name] ? [[name, env[name]]] : []));
  return Object.fromEntries(given) as Extras;
}
