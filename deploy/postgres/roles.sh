#!/bin/sh
# Runs once, when PostgreSQL's volume is made: MLflow's database, and a role that may read the results and nothing else.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --set=password="$READER_PASSWORD" <<'SQL'
CREATE DATABASE mlflow;
CREATE ROLE reader LOGIN PASSWORD :'password';
ALTER ROLE reader SET default_transaction_read_only = on;
ALTER ROLE reader SET statement_timeout = '60s';
REVOKE CONNECT ON DATABASE mlflow FROM PUBLIC;
SQL
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
GRANT CONNECT ON DATABASE backsweep TO reader;
GRANT USAGE ON SCHEMA public TO reader;
-- The tables do not exist yet: whatever the owner makes from now on may be read.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader;
SQL
