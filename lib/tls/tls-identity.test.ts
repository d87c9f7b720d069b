import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { catchFailure } from "../testing/testing.ts";
import { readIdentity } from "./tls-identity.ts";
import { Authority, NO_OPENSSL, openssl } from "../testing/tls-testing.ts";
import { parsePin, readTrust } from "./tls-trust.ts";

const skipped = NO_OPENSSL ? ` (skipped: needs ${NO_OPENSSL})` : "";
const DIGITS = "0123456789abcdef".repeat(4);

describe.skipIf(Boolean(NO_OPENSSL))(`an identity${skipped}`, () => {
  const authority = NO_OPENSSL ? (undefined as never) : new Authority();
  const good = NO_OPENSSL ? (undefined as never) : authority.issue();
  afterAll(() => authority[Symbol.dispose]());

  test("is a certificate and its key, with what clients may pin", () => {
    const identity = readIdentity(good.certFile, good.keyFile);
    expect(identity.names).toContain("DNS:localhost");
    expect(identity.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(identity.expires.getTime()).toBeGreaterThan(Date.now());
    const pin = Bun.spawnSync([
      "openssl",
      "x509",
      "-noout",
      "-fingerprint",
      "-sha256",
      "-in",
      good.certFile,
    ]);
    const shown = pin.stdout.toString().split("=")[1]?.trim() ?? "";
    expect(parsePin(`sha256:${shown}`)).toBe(identity.fingerprint);
  }, 10_000);

  test.each([
    ["of another certificate", "do not belong together", () => authority.issue().keyFile],
    ["that is missing", "there is no such file", () => authority.scratch.at("none")],
    ["that is a certificate", "open to others", () => good.certFile],
    ["that is empty", "holds no private key", () => mode(authority.scratch.file("empty"), 0o600)],
    [
      "that the group may read",
      "is open to others: chmod 600 it",
      () => mode(authority.issue().keyFile, 0o640),
    ],
    [
      "that all may read",
      "is open to others: chmod 600 it",
      () => mode(authority.issue().keyFile, 0o604),
    ],
    ["that is encrypted", "is encrypted", () => encrypted()],
    ["that is a directory", "Cannot read private key", () => mode(authority.scratch.path, 0o700)],
  ])(
    "has no key %s",
    async (_, why, keyFile) => {
      const failure = await catchFailure(() => readIdentity(good.certFile, keyFile()));
      expect([failure.kind, failure.message]).toEqual(["usage", expect.stringContaining(why)]);
    },
    10_000,
  );

  test.each([
    ["missing", "there is no such file", () => authority.scratch.at("none")],
    ["a key", "holds no certificate", () => good.keyFile],
  ])(
    "has no certificate that is %s",
    async (_, why, certFile) => {
      const failure = await catchFailure(() => readIdentity(certFile(), good.keyFile));
      expect([failure.kind, failure.message]).toEqual(["usage", expect.stringContaining(why)]);
    },
    10_000,
  );

  test("is refused at the start where its time is over", async () => {
    const old = authority.issue(undefined, -1);
    const failure = await catchFailure(() => readIdentity(old.certFile, old.keyFile));
    expect([failure.kind, failure.message]).toEqual([
      "usage",
      expect.stringContaining("expired on"),
    ]);
  }, 10_000);

  test("of issuers comes from a file that has one", async () => {
    expect(readTrust("localhost", good.certFile)).toEqual({
      name: "localhost",
      ca: good.pair.cert,
    });
    const failure = await catchFailure(() => readTrust("localhost", good.keyFile));
    expect([failure.kind, failure.message]).toEqual([
      "usage",
      expect.stringContaining("holds no certificate"),
    ]);
    expect(
      (await catchFailure(() => readTrust("a", authority.scratch.at("no")))).message,
    ).toContain("ENOENT");
  }, 10_000);

  function encrypted(): string {
    const path = authority.scratch.at("encrypted.key");
    openssl("ec", "-in", good.keyFile, "-aes128", "-passout", "pass:x", "-out", path);
    return mode(path, 0o600);
  }
});

test.each([
  ["[::1]", "::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["example.com.", "example.com"],
  ["example.com", "example.com"],
])("the host %s is to be named %s", (host, name) => {
  expect(readTrust(host)).toEqual({ name });
});

test.each([DIGITS, DIGITS.toUpperCase(), DIGITS.match(/../g)?.join(":") ?? ""])(
  "a pin may be written as %s",
  (digits) => {
    expect(parsePin(`sha256:${digits}`)).toBe(DIGITS);
  },
);

test.each([
  "",
  "sha256:",
  DIGITS,
  `sha1:${DIGITS}`,
  `sha256:${DIGITS}0`,
  `sha256:${DIGITS.slice(1)}`,
  `sha256:x${DIGITS.slice(1)}`,
])("a pin may not be written as %p", async (text) => {
  const failure = await catchFailure(() => parsePin(text));
  expect([failure.kind, failure.message]).toEqual([
    "usage",
    expect.stringContaining("--pin takes sha256:"),
  ]);
});

test("an issuer and a pin are not given together", async () => {
  expect((await catchFailure(() => readTrust("a", "b", "c"))).kind).toBe("usage");
});

function mode(path: string, bits: number): string {
  chmodSync(path, bits);
  return path;
}
