#!/bin/sh
# Brings Temporal's two databases to the schema of its version. Every step can
# be repeated, so that an upgrade of the image upgrades the schema as well.
# The connection comes from SQL_HOST, SQL_USER and SQL_PASSWORD.
set -eu
export SQL_PLUGIN=postgres12 SQL_PORT="${SQL_PORT:-5432}"

prepare() {
  temporal-sql-tool --database "$1" create
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
