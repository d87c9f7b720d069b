#!/bin/sh -
# The commands that an npm installation puts on PATH: all of them are links to this file, and their name chooses the program.
# Bun would run code and obey settings of the directory where it is called: bunfig.toml, .env, tsconfig.json, and packages
# that are not installed. The options below make it read none of them.

program=${0##*/}

fail() {
  echo "$program: $2" >&2
  exit "$1"
}

# The program is beside the real place of this file. Without the check a shell that does not know its place would look for it
# in the current directory.
file=$(readlink -f -- "$0") && [ -f "$file" ] && [ "${file##*/}" = launch.sh ] ||
  fail 1 "the place of this command cannot be found: call it by its path."
directory=${file%/*}
[ -f "$directory/$program.ts" ] ||
  fail 2 "this command must be called by a link with the name of a program, such as ftclient."
command -v bun >/dev/null ||
  fail 1 "Bun is not on PATH: install it, for example with npm install -g bun."

exec bun --config=/dev/null --no-env-file --no-install \
  "--tsconfig-override=$directory/../tsconfig.json" "$directory/$program.ts" "$@"
