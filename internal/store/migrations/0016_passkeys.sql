-- Public keys by which people sign in. The private ones never leave the devices of their owners.
CREATE TABLE passkeys (
	id             TEXT    NOT NULL PRIMARY KEY,
	user_id        TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	credential_id  BYTEA   NOT NULL,
	public_key     BYTEA   NOT NULL,
	site           TEXT    NOT NULL,
	sign_count     BIGINT  NOT NULL,
	eligible       BOOLEAN NOT NULL,
	backed_up      BOOLEAN NOT NULL,
	transports     TEXT    NOT NULL,
	aaguid         TEXT    NOT NULL,
	name           TEXT    NOT NULL,
	created_at     BIGINT  NOT NULL,
	last_used_at   BIGINT  NOT NULL,
	last_used_from TEXT    NOT NULL
);
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential_id);
CREATE INDEX passkeys_of_user ON passkeys (user_id);
