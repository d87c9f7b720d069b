// Opens the file as it is, if the name is a link.

import { lstatSync, writeFileSync } from "node:fs";
import { ReferenceClient, startClient } from "../reference/client.ts";

export const role = "client";
export const breaks = ["S7.16"];

class Faulty extends ReferenceClient {
  override checkDuplicate(file: string): void {
    if (!isLink(file)) super.checkDuplicate(file);
  }

  override save(file: string, payload: Buffer): void {
    if (isLink(file)) writeFileSync(file, payload);
    else super.save(file, payload);
  }
}

const isLink = (file: string): boolean =>
  lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;

if (import.meta.main) await startClient({ ReferenceClient: Faulty });
