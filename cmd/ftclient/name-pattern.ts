// Patterns for file names, as in a shell: `*`, `?` and `[...]`.

/** True if the name can stand for several files. */
export function isPattern(name: string): boolean {
  return /[*?[]/.test(name);
}

/** Tells whether a name matches one of the patterns. As in a shell, only a pattern that begins with a dot matches a dot file. */
export function createMatcher(patterns: readonly string[]): (name: string) => boolean {
  const globs = patterns.map((pattern) => ({
    glob: new Bun.Glob(escapeBraces(pattern)),
    withDot: pattern.startsWith("."),
  }));
  return (name) =>
    globs.some(({ glob, withDot }) => withDot === name.startsWith(".") && glob.match(name));
}

/** Bun also knows `{a,b}` and a leading `!`, which a shell does not match with file names. */
function escapeBraces(pattern: string): string {
  return pattern.replace(/[{}]/g, "\\$&").replace(/^!/, "\\!");
}
