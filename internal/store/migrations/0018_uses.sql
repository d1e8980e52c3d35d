-- Who gave a role. Empty: it came with the declared state, or was given before this was kept.
ALTER TABLE grants ADD COLUMN author_id TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN author_name TEXT NOT NULL DEFAULT '';

-- Who uses a service, user by user. Services are found by their flows, too: those that are there already get that trait from
-- the program.
DROP INDEX approved_scopes_of_client;
CREATE INDEX approved_scopes_of_client ON approved_scopes (environment, client_id, user_id);
DROP INDEX grant_families_of_client;
CREATE INDEX grant_families_of_client ON grant_families (environment, client_id, user_id);
