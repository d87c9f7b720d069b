// A failure is a sentence for a person, with the reply code and the exit status that go with it.

/** Exit statuses of both programs, by the kind of failure. The README lists them. */
export const EXIT = {
  ok: 0,
  other: 1,
  usage: 2,
  connect: 3,
  timeout: 4,
  login: 5,
  refused: 6,
  local: 7,
  incomplete: 8,
  protocol: 9,
} as const;

/** What went wrong, in the words of the exit statuses; `ok` is not a failure. */
export type FailureKind = Exclude<keyof typeof EXIT, "ok">;

/** Reply codes that the server sends for a failure (PROTOCOL.md, N7.8; meanings as in RFC 959). */
export type FailureCode = 421 | 425 | 426 | 450 | 500 | 501 | 530 | 550 | 554;

/**
 * An error whose message is a whole sentence that says what happened and, where there is one, the way out.
 * `kind` chooses the exit status of a program, `code` the reply that a server sends on P.
 */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly kind: FailureKind,
    sentence: string,
    readonly code?: FailureCode,
  ) {
    super(sentence);
  }

  /** The status that a program exits with because of this failure. */
  get exit(): number {
    return EXIT[this.kind];
  }
}

/** A failure that is answered with `code` on P; on the server it is nobody's exit status. */
export function replyFailure(code: FailureCode, sentence: string): Failure {
  return new Failure("refused", sentence, code);
}

/** The name of a system error such as `ENOENT`, or the empty string for any other error. */
export function systemCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
}

/** A message in one line from whatever was thrown. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
