// The files and folders of one submission: a sandbox shows it these and no other's.

import { statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { SuiteOptions } from "../../../conformance/index.ts";

/** The files that the words of a command name. */
export function namedFiles(command: string | undefined, directory: string): string[] {
  const words = command?.split(/[\s"'=;&|<>]+/).filter((word) => word !== "") ?? [];
  return words.map((word) => resolve(directory, word)).filter((path) => isFile(path));
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** All commands of a submission. */
export const listCommands = (
  { server, client, extras }: SuiteOptions,
  build?: string,
): (string | undefined)[] => [server, client, build, ...Object.values(extras ?? {})];

/** What every program of the machine may see. */
const SYSTEM = /^\/(usr|bin|sbin|lib\w*|dev|proc|sys)\//;

/**
 * The submission's own directory; if that is the directory of the whole class, the folders and files in it that its commands
 * name, and for a file elsewhere on the machine the directory that it is in.
 */
export function listOwnPaths(
  options: SuiteOptions,
  build: string | undefined,
  { directory, classDirectory }: { directory: string; classDirectory: string },
): string[] {
  if (directory !== classDirectory) return [directory];
  const files = listCommands(options, build).flatMap((command) => namedFiles(command, directory));
  const own = files
    .filter((path) => !SYSTEM.test(path))
    .map((path) => {
      const [first = ""] = relative(classDirectory, path).split(sep);
      return first === ".." ? dirname(path) : join(classDirectory, first);
    });
  return [...new Set(own)];
}
