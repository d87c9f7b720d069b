// The line to paste that judges one rule again, from the directory in which ftconform was called.

import { relative } from "node:path";
import type { Request } from "./request.ts";

/** The program as it was called, without a path that only this machine has. */
const PROGRAM = `bun ${quoted(relative(process.cwd(), `${import.meta.dir}/../ftconform.ts`))}`;

export function again(
  request: Request,
  { id, role }: { id: string; role: "server" | "client" },
): string {
  const { dialect, patience, answer, strict } = request;
  const options = [
    [`--${role}`, request[role] ?? ""],
    ["--dialect", dialect],
    ["--patience", patience],
    ["--answer", role === "client" ? answer : undefined],
    ["--only", id],
  ].filter(([, value]) => value !== undefined);
  const given = options.map(([name, value]) => `${name} ${quoted(String(value))}`);
  return [PROGRAM, ...given, ...(strict ? ["--strict"] : [])].join(" ");
}

/** A word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w./:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
