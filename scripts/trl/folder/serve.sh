#!/bin/sh
# Serves the environment of this folder. MAILGYM is a checkout of MailGym whose packages are installed (npm ci).
set -eu
cd "$(dirname "$0")"
: "${MAILGYM:?set MAILGYM to the folder of a checkout of MailGym}"
exec npm --prefix "$MAILGYM" run --silent serve-environment -- --config environment.json --port "${MAILGYM_PORT:-8765}" "$@"
