#!/bin/sh
# install_mermaid DIRECTORY: put the library that draws Mermaid's text into DIRECTORY/mermaid.min.js, with npm.
# Never fails: the tests that need it skip themselves and say so. Nothing of it is kept in the repository.
set -u
directory=$1
[ -e "$directory/mermaid.min.js" ] && exit 0
command -v npm >/dev/null 2>&1 || {
    printf 'npm is not installed here: nothing is drawn with Mermaid (apt-get install npm).\n'
    exit 0
}
# The package alone: its file for browsers holds all that it depends on.
work=$(mktemp -d)
if (cd "$work" && npm pack --silent mermaid@">=11 <13" && tar -xzf mermaid-*.tgz package/dist/mermaid.min.js) \
    >/dev/null 2>&1 </dev/null; then
    mkdir -p "$directory" && mv "$work/package/dist/mermaid.min.js" "$directory/mermaid.min.js"
else
    printf 'npm could not fetch mermaid; the tests that need it will be skipped.\n'
fi
rm -rf "$work"
exit 0
