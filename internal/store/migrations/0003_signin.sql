-- How people sign in, beyond password and time-based codes.

-- Codes for who has lost the second factor. Each is good once.
CREATE TABLE recovery_codes (
	user_id TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	digest  BYTEA  NOT NULL,
	used_at BIGINT NOT NULL,
	PRIMARY KEY (user_id, digest)
);

-- Codes for who has forgotten the password. Without a user: somebody asked for a name that nobody has, and the answer
-- must cost the same.
CREATE TABLE reset_codes (
	digest     BYTEA  NOT NULL PRIMARY KEY,
	user_id    TEXT   REFERENCES users (id) ON DELETE CASCADE,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL
);
CREATE INDEX reset_codes_of_user ON reset_codes (user_id);
CREATE INDEX reset_codes_by_end ON reset_codes (expires_at);

-- Letters on their way out. They may hold such codes, so they are sealed.
CREATE TABLE letters (
	id         TEXT   NOT NULL PRIMARY KEY,
	sealed     BYTEA  NOT NULL,
	attempts   BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	due_at     BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX letters_by_due ON letters (due_at);
