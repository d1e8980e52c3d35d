-- From where, by which program and at which service a credential was used last; who made an app.
ALTER TABLE api_clients ADD COLUMN last_used_from TEXT NOT NULL DEFAULT '';
ALTER TABLE api_clients ADD COLUMN last_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE apps ADD COLUMN author_id TEXT NOT NULL DEFAULT '';
ALTER TABLE apps ADD COLUMN last_used_from TEXT NOT NULL DEFAULT '';
ALTER TABLE apps ADD COLUMN last_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE permanent_tokens ADD COLUMN last_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE permanent_tokens ADD COLUMN last_service TEXT NOT NULL DEFAULT '';
ALTER TABLE application_passwords ADD COLUMN last_service TEXT NOT NULL DEFAULT '';
CREATE INDEX permanent_tokens_by_author ON permanent_tokens (author_id);

-- At which services of its scope a permanent token is used, so that one which is wider than its use can be told.
CREATE TABLE token_services (
	token_id     TEXT   NOT NULL REFERENCES permanent_tokens (id) ON DELETE CASCADE,
	service_id   TEXT   NOT NULL,
	last_used_at BIGINT NOT NULL,
	PRIMARY KEY (token_id, service_id)
);

-- Secrets that somebody found where they do not belong, until they have been looked for among ours and ended. Only the digest
-- is kept: a report is no place to read a secret from.
CREATE TABLE leak_reports (
	id      TEXT   NOT NULL PRIMARY KEY,
	digest  BYTEA  NOT NULL,
	source  TEXT   NOT NULL,
	address TEXT   NOT NULL,
	at      BIGINT NOT NULL
);
CREATE INDEX client_secrets_by_digest ON client_secrets (digest);
CREATE INDEX apps_by_digest ON apps (digest);
CREATE INDEX apps_by_previous_digest ON apps (previous_digest);
CREATE INDEX application_passwords_by_digest ON application_passwords (digest);
