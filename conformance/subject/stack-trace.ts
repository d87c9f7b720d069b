// What a runtime prints of a program that it had to end: found among all that the program printed.

/** Marks of such a text, in the languages that the assignment is answered in. */
const MARKS =
  /^Traceback \(most recent|^Exception in thread|panicked at|^panic:|Segmentation fault|core dumped|^\s+at .+:\d+/m;
/** The line that names the error. */
const NAMES =
  /^(Exception in thread .*|[\w.:]*(Error|Exception)\b.*|panic:.*|.*(panicked at|Segmentation fault).*)$/;

/** The line of a trace that says what went wrong; nothing where there is no trace. */
export function findStackTrace(output: string): string | undefined {
  const begin = MARKS.exec(output);
  if (!begin) return undefined;
  const named = output.split("\n").findLast((line) => NAMES.test(line));
  return (named ?? begin[0]).trim();
}
