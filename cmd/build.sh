#!/bin/sh
# bun run build: makes one executable with all programs, and a link to it for each of them. $1 is the directory for them.
# A link costs no room, and the name by which the executable is called chooses the program.

set -e
# An executable reads no settings from the directory where it is called. --splitting and --bytecode make it start faster.
bun build --compile --splitting --minify --bytecode --format=esm \
  --no-compile-autoload-dotenv --no-compile-autoload-bunfig \
  --no-compile-autoload-tsconfig --no-compile-autoload-package-json \
  --outfile "$1/ftkit" "$(dirname -- "$0")/ftkit.ts"
for program in ftserver ftclient ftpasswd ftconform ftbench; do
  # A program that runs keeps the old file.
  ln -f "$1/ftkit" "$1/$program"
done
