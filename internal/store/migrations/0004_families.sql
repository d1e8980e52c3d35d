-- What people allowed services, with the codes and refresh tokens that come of it.

-- One row is what one person allowed one client at one time. Until its code is redeemed it ends soon (ends_at), then as it
-- was allowed to (lasts_until).
CREATE TABLE grant_families (
	environment  TEXT    NOT NULL,
	id           TEXT    NOT NULL,
	client_id    TEXT    NOT NULL,
	user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	document     TEXT    NOT NULL,
	offline      BOOLEAN NOT NULL,
	code_digest  BYTEA,
	code_ends_at BIGINT  NOT NULL,
	code_used_at BIGINT  NOT NULL,
	created_at   BIGINT  NOT NULL,
	lasts_until  BIGINT  NOT NULL,
	ends_at      BIGINT  NOT NULL,
	ended_at     BIGINT  NOT NULL,
	PRIMARY KEY (environment, id),
	FOREIGN KEY (environment, client_id) REFERENCES services (environment, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX grant_families_code ON grant_families (code_digest);
CREATE INDEX grant_families_of_user ON grant_families (user_id, environment, client_id);
CREATE INDEX grant_families_of_client ON grant_families (environment, client_id);
CREATE INDEX grant_families_by_end ON grant_families (ends_at);

-- Every generation of a refresh token, so that an old one that comes again is known for what it is. Their families are not
-- referred to by a key, since that would cost a lock at each rotation.
CREATE TABLE refresh_tokens (
	digest      BYTEA  NOT NULL PRIMARY KEY,
	environment TEXT   NOT NULL,
	family_id   TEXT   NOT NULL,
	generation  BIGINT NOT NULL,
	used_at     BIGINT NOT NULL,
	rotated_at  BIGINT NOT NULL,
	ends_at     BIGINT NOT NULL
);
CREATE INDEX refresh_tokens_of_family ON refresh_tokens (environment, family_id);
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (ends_at);
