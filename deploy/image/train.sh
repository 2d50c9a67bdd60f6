#!/bin/sh
# One start, for the archive of loaded classes (AppCDS): with it the next starts are faster and instances share memory.
# Its database is the embedded one, its partners are nobody, its secrets are made here and forgotten.
# usage: train.sh <archive>, in the folder with claimloop.jar, routes/ and mappings/; not as root
set -eu
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

CLAIMLOOP_HOME=$home/data \
CLAIMLOOP_OPENIMIS_URL=http://127.0.0.1:9 CLAIMLOOP_OPENIMIS_USERNAME=nobody CLAIMLOOP_OPENIMIS_PASSWORD=$(secret) \
CLAIMLOOP_CHT_URL=http://127.0.0.1:9 CLAIMLOOP_CHT_USERNAME=nobody CLAIMLOOP_CHT_PASSWORD=$(secret) \
CLAIMLOOP_INTAKE_OPENIMISTOKEN=$(secret) CLAIMLOOP_INTAKE_CHTTOKEN=$(secret) \
CLAIMLOOP_OPERATOR_USERNAME=nobody CLAIMLOOP_OPERATOR_PASSWORD=$(secret) \
CLAIMLOOP_RETENTION_KEY=$(secret) SERVER_ADDRESS=127.0.0.1 SERVER_PORT=0 \
  java -XX:ArchiveClassesAtExit="$1" -Dspring.context.exit=onRefresh -jar claimloop.jar
