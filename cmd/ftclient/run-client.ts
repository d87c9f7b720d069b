// What ftclient does: prepares TLS and the login if they are asked for, and then lists or fetches.

import { normalizeAddress, removeZone } from "../../lib/net/address.ts";
import type { ClientOptions } from "./client-options.ts";
import type { FileSelection } from "./file-selection.ts";
import { getFile, isDirectory } from "./get-file.ts";
import { isPattern } from "./name-pattern.ts";

/** Only the code that is used is loaded: a small transfer takes hardly longer than the start of the program. */
export async function runClient(options: ClientOptions): Promise<number | void> {
  const withTls = options.trust ? await addTls(options, options.trust) : options;
  const ready = withTls.user === undefined ? withTls : await addLogin(withTls, withTls.user);
  if (ready.files === undefined) {
    const { printListing } = await import("./print-listing.ts");
    return printListing(ready);
  }
  const [fileName] = ready.files.names;
  if (fileName !== undefined && isOneFile(ready, ready.files)) return getFile(ready, fileName);
  const { getFiles } = await import("./get-files.ts");
  return getFiles(ready, ready.files);
}

/** A pattern that is saved under one name can only be the name of one file. */
function isOneFile({ output }: ClientOptions, { names: [first = "", second] }: FileSelection) {
  if (second !== undefined) return false;
  return !isPattern(first) || (output !== undefined && !isDirectory(output));
}

async function addTls(
  options: ClientOptions,
  { ca, pin }: NonNullable<ClientOptions["trust"]>,
): Promise<ClientOptions> {
  const { TlsClient } = await import("../../lib/tls/tls-client.ts");
  const { host } = options.connect;
  // A certificate names an address in its one form, without brackets and without the interface that leads to it.
  const name = removeZone(normalizeAddress(host.replace(/^\[(.*)\]$/, "$1")));
  const tls = TlsClient.read(name, ca, pin);
  return { ...options, connect: { ...options.connect, tls } };
}

/** Finds the password, which is never an argument. */
async function addLogin(options: ClientOptions, user: string): Promise<ClientOptions> {
  const { findCredentials } = await import("./credentials.ts");
  const login = await findCredentials(options.connect.host, user, options.insecureLogin);
  return { ...options, connect: { ...options.connect, login } };
}
