import { expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { catchFailure } from "../testing/testing.ts";
import { readIdentity } from "./identity.ts";
import { describeTls, openssl } from "../testing/tls-testing.ts";
import { parsePin } from "./trust.ts";

describeTls("the server's identity", (authority, good) => {
  test("has the fingerprint that openssl shows", () => {
    const identity = readIdentity(good.certFile, good.keyFile);
    expect(identity.fingerprint).toMatch(/^[0-9a-f]{64}$/);
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
    [
      "that is empty",
      "holds no private key",
      () => setMode(authority.scratch.file("empty"), 0o600),
    ],
    [
      "that the group may read",
      "is open to others: chmod 600 it",
      () => setMode(authority.issue().keyFile, 0o640),
    ],
    [
      "that all may read",
      "is open to others: chmod 600 it",
      () => setMode(authority.issue().keyFile, 0o604),
    ],
    ["that is encrypted", "is encrypted", () => encryptKey()],
    ["that is a directory", "cannot be read: EISDIR", () => setMode(authority.scratch.path, 0o700)],
  ])(
    "cannot have a key %s",
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
    "cannot have a certificate that is %s",
    async (_, why, certFile) => {
      const failure = await catchFailure(() => readIdentity(certFile(), good.keyFile));
      expect([failure.kind, failure.message]).toEqual(["usage", expect.stringContaining(why)]);
    },
    10_000,
  );

  test("cannot have an expired certificate", async () => {
    const old = authority.issue(undefined, -1);
    const failure = await catchFailure(() => readIdentity(old.certFile, old.keyFile));
    expect([failure.kind, failure.message]).toEqual([
      "usage",
      expect.stringContaining("expired on"),
    ]);
  }, 10_000);

  function encryptKey(): string {
    const path = authority.scratch.at("encrypted.key");
    openssl("ec", "-in", good.keyFile, "-aes128", "-passout", "pass:x", "-out", path);
    return setMode(path, 0o600);
  }
});

function setMode(path: string, bits: number): string {
  chmodSync(path, bits);
  return path;
}
