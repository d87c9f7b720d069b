// Answers an error to every command.

import { Refusal, ReferenceSession, startServer } from "../reference/server.ts";

export const role = "server";
export const native = false;
export const breaks = ["S7.5"];
export const hides = [
  ...["S5.1", "S7.1", "S7.2", "S7.3", "S7.6", "S7.8", "S7.10", "S7.12", "S7.19", "S7.20", "S7.21"],
  ...["S7.22", "S9.1", "S9.2", "S9.3"],
];

class Faulty extends ReferenceSession {
  override async execute(): Promise<void> {
    throw new Refusal("500 error");
  }
}

if (import.meta.main) startServer({ ReferenceSession: Faulty });
