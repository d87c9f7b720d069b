// The options of ftbench: what to measure, and how.

import { statSync } from "node:fs";
import { parsePort } from "../../lib/protocol/port.ts";
import { type Arguments, usageFailure } from "../cli/arguments.ts";
import { readCompetitors } from "./competitor.ts";

export type BenchmarkOptions = ReturnType<typeof readBenchmarkOptions>;

/** A count of 0 leaves a measurement out. Throws a `Failure` of kind `usage` that names the wrong argument. */
export function readBenchmarkOptions(args: Arguments, signal: AbortSignal) {
  const quick = args.flag("quick");
  const count = (name: string, lowest: number, fallback: number) =>
    Math.floor(args.number(name, lowest, 1_000_000, fallback));
  const texts = ["list", "many", "idle", "bulk", "load-ftp", "load-http"];
  const hasWork = args.flag("load") || texts.some((name) => args.text(name));
  const list = (name: string, usual: string) => (args.text(name) ?? usual).split(",");
  return {
    get: args.flag("get") || quick || !hasWork,
    list: count("list", 0, quick ? 500 : 0),
    many: count("many", 0, quick ? 50 : 0),
    load: args.flag("load") || quick || Boolean(args.text("load-ftp") ?? args.text("load-http")),
    idle: count("idle", 0, quick ? 50 : 0),
    bulk: count("bulk", 0, quick ? 1 : 0),
    /** The files of `bulk` come from the disk each time. */
    cold: args.flag("cold"),
    competitors: readCompetitors(args.text("against") ?? ""),
    ftp: readServers(args, "load-ftp"),
    http: readServers(args, "load-http"),
    root: readRoot(args.text("root")),
    sizes: list("sizes", quick ? "1K,1M" : "1K,64K,1M,16M,256M").map(readSize),
    clients: list("clients", quick ? "1,4" : "1,4,16,64").map(readClients),
    rounds: count("rounds", 1, quick ? 2 : 7),
    /** The length of a round under load. */
    seconds: args.number("seconds", 0.1, 3600, quick ? 0.2 : 2),
    /** Where the clients write to instead of a file. */
    sink: args.flag("null") ? "/dev/null" : undefined,
    /** The longest time for one client, in seconds. */
    timeout: args.number("timeout", 0.1, 86_400, quick ? 10 : 120),
    /** Ends everything. */
    signal,
  };
}

function readServers(args: Arguments, option: "load-ftp" | "load-http") {
  return (args.text(option)?.split(",") ?? []).map((text) => {
    const [, name = option.slice(5), digits = ""] = /^(?:(.+)=)?(.*)$/.exec(text) ?? [];
    const result = parsePort(digits, 1);
    if ("port" in result) return { name, port: result.port };
    throw usageFailure(`--${option} ${result.why}.`);
  });
}

function readSize(text: string): number {
  const [, digits, unit = ""] = /^([0-9]{1,9})([KMG]?)$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits) * 1024 ** " KMG".indexOf(unit || " ");
  throw usageFailure(`--sizes takes numbers with K, M or G, separated by commas, not "${text}".`);
}

function readClients(text: string): number {
  if (/^[1-9][0-9]{0,4}$/.test(text)) return Number(text);
  throw usageFailure(`--clients takes whole numbers, separated by commas, not "${text}".`);
}

function readRoot(path: string | undefined): string | undefined {
  if (path === undefined || statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw usageFailure(
    `The directory ${JSON.stringify(path)} cannot be used: there is no such directory.`,
  );
}
