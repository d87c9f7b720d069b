#!/bin/sh
# The commands that an npm installation puts on PATH: all of them are links to this file, and their name chooses the program.
# Bun would run code and obey settings of the directory where it is called: bunfig.toml, .env, tsconfig.json, and packages
# that are not installed. These options make it read none of them.

program=${0##*/}
# The program and its modules are found from the real place of this file.
directory=$(dirname -- "$(readlink -f -- "$0")") || exit 1

if [ ! -f "$directory/$program.ts" ]; then
  echo "$program: this file must be called by a link with the name of a program, such as ftclient." >&2
  exit 2
fi
if ! command -v bun >/dev/null; then
  echo "$program: Bun is not on PATH: install it, for example by npm install -g bun." >&2
  exit 1
fi
exec bun --config=/dev/null --no-env-file --no-install \
  "--tsconfig-override=$directory/../tsconfig.json" "$directory/$program.ts" "$@"
