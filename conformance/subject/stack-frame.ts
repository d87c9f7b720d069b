// Where a program was in its own source: the frames of the stack traces that runtimes and debuggers print.

/** A place in a program. */
export interface StackFrame {
  readonly name: string;
  /** The file's name and the line, if they are known. */
  readonly file?: string;
  readonly line?: number;
}

/** A language's form of a frame: its expression has the groups `name`, `file` and `line`. */
interface Form {
  readonly frame: RegExp;
  /** Whether the frame that was called last stands at the end of a trace. */
  readonly isLastAtEnd: boolean;
  /** Frames of the language itself. */
  readonly foreign: RegExp;
}

const FORMS: readonly Form[] = [
  // The first of the address sanitizer's lines is the one that was called last; its summary names the same place.
  {
    frame: /^ +#\d+ 0x[0-9a-f]+ in (?<name>[\w:~]+)[^\n]*? (?<file>\/[^\s:]+):(?<line>\d+)/gm,
    isLastAtEnd: false,
    foreign: /\/(sysdeps|csu|libsanitizer|nptl)\//,
  },
  {
    frame: /^ +File "(?<file>[^"]+)", line (?<line>\d+),? in (?<name>[^\n]+)$/gm,
    isLastAtEnd: true,
    foreign: /\/lib\/python|<frozen|<string>/,
  },
  {
    frame: /^\s+at (?<name>[\w.$<>]+)\((?<file>\w+\.java):(?<line>\d+)\)/gm,
    isLastAtEnd: false,
    foreign: /^(java|javax|jdk|sun|com\.sun)\./,
  },
  {
    frame: /^\s+at (?:async )?(?<name>[\w.$<>#]+) \((?<file>\/[^():]+):(?<line>\d+):\d+\)/gm,
    isLastAtEnd: false,
    foreign: /^node:|\/node_modules\//,
  },
  {
    frame: /^(?<name>main\.[\w.()*]+)\([^\n]*\)\n\t(?<file>\/[^:\n]+):(?<line>\d+)/gm,
    isLastAtEnd: false,
    foreign: /\/go\/src\//,
  },
  {
    frame:
      /^#\d+ +(?:0x[0-9a-f]+ in )?(?<name>[\w:~<>]+) \([^\n]*\) at (?<file>[^\s:]+):(?<line>\d+)$/gm,
    isLastAtEnd: false,
    foreign:
      /\/(sysdeps|nptl|csu|socket|io|posix|misc|malloc|stdlib|string|debug|stdio-common)\/|^\.\.?\//,
  },
  {
    frame: /panicked at (?:'[^\n]*', )?(?<file>[^\s:]+):(?<line>\d+):\d+(?<name>)/gm,
    isLastAtEnd: false,
    foreign: /\/rustc\//,
  },
];

/** The program's own frame that was called last; nothing if the text has no trace. */
export function findOwnFrame(text: string): StackFrame | undefined {
  for (const { frame, isLastAtEnd, foreign } of FORMS) {
    const frames = [...text.matchAll(frame)].map(({ groups = {} }) => groups);
    const own = frames.filter(
      ({ name = "", file = "" }) => !foreign.test(file) && !foreign.test(name),
    );
    const found = own.at(isLastAtEnd ? -1 : 0);
    if (found) return makeFrame(found);
  }
  return undefined;
}

export const makeFrame = ({
  name = "",
  file = "",
  line = "",
}: Record<string, string>): StackFrame => ({
  name: name.replace(/^.*\./, ""),
  ...(file && { file: file.replace(/^.*\//, "") }),
  ...(line && { line: Number(line) }),
});

/** `server.c line 12, in serve`. */
export function formatFrame({ name, file, line }: StackFrame): string {
  const place = file === undefined ? "" : `${file} line ${line}`;
  const called = name === "" ? "" : `in ${name}`;
  return [place, called].filter(Boolean).join(", ");
}
