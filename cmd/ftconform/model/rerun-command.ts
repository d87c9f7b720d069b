// The line to paste that judges one rule again, from the directory in which ftconform was called.

import { relative } from "node:path";
import { EXTRAS, type Request } from "../run/request.ts";

/** The program as it was called, without a path that only this machine has. */
const PROGRAM = `bun ${quoteWord(relative(process.cwd(), `${import.meta.dir}/../../ftconform.ts`))}`;

export function formatRerunCommand(
  request: Request,
  { id, role }: { id: string; role: "server" | "client" },
): string {
  const { dialect, patience, answer, strict } = request;
  const options = [
    [`--${role}`, request[role] ?? ""],
    ...optional(request, role),
    ["--dialect", dialect],
    ["--patience", patience],
    ["--answer", role === "client" ? answer : undefined],
    ["--only", id],
  ].filter(([, value]) => value !== undefined);
  const given = options.map(([name, value]) => `${name} ${quoteWord(String(value))}`);
  return [PROGRAM, ...given, ...(strict ? ["--strict"] : [])].join(" ");
}

/** The commands for what is optional of that role; users are the server's. */
function optional({ extras }: Request, role: "server" | "client"): [string, string | undefined][] {
  return Object.entries(EXTRAS).flatMap(([option, name]) => {
    const isClient = option.startsWith("client");
    return isClient === (role === "client") ? [[`--${option}`, extras?.[name]]] : [];
  });
}

/** A word of a POSIX shell. */
export function quoteWord(text: string): string {
  return /^[\w./:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
