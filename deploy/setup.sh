#!/bin/sh
# Prepares an installation against the sandbox: keys, a login at the pretend
# bank, a merchant, and an operator who may read payloads in the Web UI. Every
# step can be repeated and keeps what is there.
set -eu

starter keys new
[ -s "$SOUKIN_HOME/bank-token.json" ] || starter bank login --sandbox
starter merchant add "${SOUKIN_MERCHANT:-demo}"

operators=$SOUKIN_HOME/codec-operators
if [ ! -s "$operators" ]; then
  umask 077
  token=$(head -c 64 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c 40)
  printf 'operator %s\n' "$token" >"$operators"
fi
cat <<END
Soukin is set up.
  Temporal Web UI    http://127.0.0.1:8080
  to read payloads   http://127.0.0.1:8090/codec/login with the token shown by
                     docker compose exec gateway cat $operators
END
