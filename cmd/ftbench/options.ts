// The options of ftbench, read into a plan.

import { statSync } from "node:fs";
import { parsePort } from "../../lib/protocol/port.ts";
import { type Arguments, usage } from "../cli/arguments.ts";
import { readCompetitors } from "./competitor.ts";
import type { Plan } from "./plan.ts";

/** What is to be measured. Throws a `Failure` of kind `usage` that names what was wrong. */
export function readPlan(given: Arguments, signal: AbortSignal): Plan {
  const quick = given.flag("quick");
  const count = (name: string, lowest: number, fallback: number) =>
    Math.floor(given.number(name, lowest, 1_000_000, fallback));
  const some =
    ["list", "idle", "bulk"].some((name) => given.text(name)) ||
    ["load", "load-ftp", "load-http"].some((name) => given.flag(name) || given.text(name));
  return {
    get: given.flag("get") || quick || !some,
    list: count("list", 0, quick ? 500 : 0),
    load: given.flag("load") || quick || Boolean(given.text("load-ftp") ?? given.text("load-http")),
    idle: count("idle", 0, quick ? 50 : 0),
    bulk: count("bulk", 0, quick ? 1 : 0),
    contenders: readCompetitors(given.text("against") ?? ""),
    ftp: servers(given, "load-ftp"),
    http: servers(given, "load-http"),
    root: readRoot(given.text("root")),
    sizes: (given.text("sizes") ?? (quick ? "1K,1M" : "1K,64K,1M,16M,256M"))
      .split(",")
      .map(readSize),
    clients: (given.text("clients") ?? (quick ? "1,4" : "1,4,16,64"))
      .split(",")
      .map((text) => readCount("clients", text)),
    rounds: count("rounds", 1, quick ? 2 : 7),
    seconds: given.number("seconds", 0.1, 3600, quick ? 0.2 : 2),
    sink: given.flag("null") ? "/dev/null" : undefined,
    signal,
    patience: given.number("timeout", 0.1, 86_400, quick ? 10 : 120),
  };
}

function servers(
  given: Arguments,
  option: "load-ftp" | "load-http",
): { name: string; port: number }[] {
  return (given.text(option)?.split(",") ?? []).map((text) => {
    const [, name = option.slice(5), digits = ""] = /^(?:(.+)=)?(.*)$/.exec(text) ?? [];
    const result = parsePort(digits, 1);
    if ("port" in result) return { name, port: result.port };
    throw usage(`--${option} ${result.why}.`);
  });
}

function readSize(text: string): number {
  const [, digits, unit = ""] = /^([0-9]{1,9})([KMG]?)$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits) * 1024 ** " KMG".indexOf(unit || " ");
  throw usage(`--sizes takes numbers with K, M or G, and commas between, not "${text}".`);
}

function readCount(option: string, text: string): number {
  if (/^[1-9][0-9]{0,4}$/.test(text)) return Number(text);
  throw usage(`--${option} takes whole numbers with commas between, not "${text}".`);
}

function readRoot(path: string | undefined): string | undefined {
  if (path === undefined || statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw usage(`The directory ${JSON.stringify(path)} cannot be used: there is no such directory.`);
}
