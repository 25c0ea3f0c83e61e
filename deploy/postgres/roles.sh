#!/bin/sh
# Runs once, when PostgreSQL's volume is made: the service's role, which owns both databases and is no superuser, and a
# role that may read the results and nothing else. Passwords come from the environment, never from a command line.
set -eu
run() { psql -v ON_ERROR_STOP=1 --quiet --no-psqlrc --username "$POSTGRES_USER" --dbname "$1"; }

run postgres <<'SQL'
\getenv service POSTGRES_PASSWORD
\getenv reader READER_PASSWORD
CREATE ROLE backsweep LOGIN PASSWORD :'service';
CREATE ROLE reader LOGIN PASSWORD :'reader' CONNECTION LIMIT 20;
ALTER ROLE reader SET default_transaction_read_only = on;
ALTER ROLE reader SET statement_timeout = '60s';
ALTER ROLE reader SET idle_in_transaction_session_timeout = '60s';
ALTER DATABASE backsweep OWNER TO backsweep;
CREATE DATABASE mlflow OWNER backsweep;
REVOKE ALL ON DATABASE backsweep, mlflow, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE backsweep TO reader;
SQL

for database in backsweep mlflow; do
  run "$database" <<'SQL'
-- Everybody may call these by default: they write large objects, and hold locks that the service waits for.
DO $$
DECLARE routine regprocedure;
BEGIN
  FOR routine IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
      AND (proname ~ '^lo_' OR proname IN ('loread', 'lowrite') OR proname ~ '^pg_(try_)?advisory_')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
    IF routine::text ~ 'advisory' THEN
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO backsweep', routine);
    END IF;
  END LOOP;
END $$;
SQL
done

run backsweep <<'SQL'
GRANT USAGE ON SCHEMA public TO reader;
-- The tables do not exist yet: whatever the owner makes from now on may be read.
ALTER DEFAULT PRIVILEGES FOR ROLE backsweep IN SCHEMA public GRANT SELECT ON TABLES TO reader;
SQL

# Last: from now on the superuser enters through the container's own socket alone.
run postgres <<'SQL'
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL
