/** `./mailgym`: a shell script, for a shell is all that is sure to be there. Only what the shell itself can do is used. */
import { COMMANDS } from './scripts';

export const launcher = (version: string): string => `#!/bin/sh
# MailGym ${version} with Node and Dawn, for machines without internet. It needs glibc, libstdc++, the Vulkan loader
# (libvulkan.so.1) and a Vulkan driver.
case $0 in
  */*) here=\${0%/*} ;;
  *) here=$(command -v -- "$0") && here=\${here%/*} ;;
esac
here=$(cd -- "$here" && pwd) || exit 1
command=\${1-}
case $command in
  ${COMMANDS.join('|')}) shift ;;
  *)
    echo "usage: ./mailgym ${COMMANDS.join('|')} [--help] [OPTION …]" >&2
    exit 2
    ;;
esac
MAILGYM_BUNDLE=1
export MAILGYM_BUNDLE
exec "$here/bin/node" "$here/lib/commands/$command.js" "$@"
`;
