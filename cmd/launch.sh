#!/bin/sh -
# A command of an npm installation, which puts a link to it on PATH. It starts the bundle of its name in ../lib.
# Bun would run code and obey settings of the directory where it is called: bunfig.toml, .env, tsconfig.json, and packages
# that are not installed. The options below make it read none of them.

program=${0##*/}

fail() {
  echo "$program: $1" >&2
  exit 1
}

# The usual place of npm saves the call of readlink, a tenth of the time of a small get; -ef proves that it is this very file.
# Without a check a shell that does not know the place of this file would look for it in the current directory.
bin=${0%/*}/../lib/node_modules/ftkit/dist/bin
if ! [ "$bin/$program" -ef "$0" ] 2>/dev/null; then
  file=$(readlink -f -- "$0") && [ -f "$file" ] || file=
  bin=${file%/*}
  program=${file##*/}
fi
case $bin in -*) bin=./$bin ;; esac # otherwise an option of Bun
bundle=$bin/../lib/$program.js
[ -n "$bin" ] && [ -f "$bundle" ] || fail "the place of this command cannot be found: call it by its path."

# npm installs Bun beside this package or inside of it, unless it is told to leave it out.
for bun in "$bin"/../../node_modules/@oven/bun-*/bin/bun "$bin"/../../../@oven/bun-*/bin/bun; do
  [ -x "$bun" ] && break
  bun=
done
: "${bun:=$(command -v bun)}"
[ -n "$bun" ] || fail "Bun is missing: install it, for example with npm install -g bun."

exec "$bun" --config=/dev/null --no-env-file --no-install --tsconfig-override=/dev/null "$bundle" "$@"
