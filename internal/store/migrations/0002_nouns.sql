-- Habits: ids are TEXT; times are BIGINT milliseconds since 1970, 0 for none; lists and settings nobody searches by are
-- JSON in TEXT. A unique index is named table_column_column, which is how a collision is told. Foreign keys are never
-- deferred, since on SQLite several transactions share one commit.

CREATE TABLE meta (
	key   TEXT  NOT NULL PRIMARY KEY,
	value BYTEA NOT NULL
);

-- People.

CREATE TABLE organisations (
	id         TEXT   NOT NULL PRIMARY KEY,
	key        TEXT   NOT NULL,
	key_folded TEXT   NOT NULL,
	name       TEXT   NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX organisations_key ON organisations (key_folded);

CREATE TABLE retired_keys (
	id           TEXT   NOT NULL PRIMARY KEY,
	organisation TEXT   NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
	label        TEXT   NOT NULL,
	digest       BYTEA  NOT NULL,
	created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX retired_keys_digest ON retired_keys (digest);
CREATE INDEX retired_keys_of_organisation ON retired_keys (organisation);

CREATE TABLE users (
	id             TEXT    NOT NULL PRIMARY KEY,
	login          TEXT    NOT NULL,
	login_folded   TEXT    NOT NULL,
	name           TEXT    NOT NULL,
	email          TEXT    NOT NULL,
	email_verified BOOLEAN NOT NULL,
	kind           TEXT    NOT NULL,
	organisation   TEXT    REFERENCES organisations (id),
	banned         BOOLEAN NOT NULL,
	ban_reason     TEXT    NOT NULL,
	created_at     BIGINT  NOT NULL,
	updated_at     BIGINT  NOT NULL
);
CREATE UNIQUE INDEX users_login ON users (login_folded);
CREATE INDEX users_of_organisation ON users (organisation);

-- Id, login and e-mail address of all users are one namespace.
CREATE TABLE user_aliases (
	alias   TEXT NOT NULL,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX user_aliases_alias ON user_aliases (alias);
CREATE INDEX user_aliases_of_user ON user_aliases (user_id);

CREATE TABLE passwords (
	user_id     TEXT    NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	hash        TEXT    NOT NULL,
	changed_at  BIGINT  NOT NULL,
	must_change BOOLEAN NOT NULL
);

CREATE TABLE totp (
	user_id      TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	sealed       BYTEA  NOT NULL,
	last_step    BIGINT NOT NULL,
	confirmed_at BIGINT NOT NULL
);

CREATE TABLE user_groups (
	id                 TEXT    NOT NULL PRIMARY KEY,
	name               TEXT    NOT NULL,
	name_folded        TEXT    NOT NULL,
	description        TEXT    NOT NULL,
	require_two_factor BOOLEAN NOT NULL,
	created_at         BIGINT  NOT NULL,
	updated_at         BIGINT  NOT NULL
);
CREATE UNIQUE INDEX user_groups_name ON user_groups (name_folded);

CREATE TABLE memberships (
	group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
	user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	PRIMARY KEY (group_id, user_id)
);
CREATE INDEX memberships_of_user ON memberships (user_id);

CREATE TABLE sessions (
	id           TEXT    NOT NULL PRIMARY KEY,
	digest       BYTEA   NOT NULL,
	user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	signed_in_at BIGINT  NOT NULL,
	methods      TEXT    NOT NULL,
	remembered   BOOLEAN NOT NULL,
	address      TEXT    NOT NULL,
	agent        TEXT    NOT NULL,
	created_at   BIGINT  NOT NULL,
	last_seen_at BIGINT  NOT NULL,
	expires_at   BIGINT  NOT NULL
);
CREATE UNIQUE INDEX sessions_digest ON sessions (digest);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Rights.

CREATE TABLE roles (
	id          TEXT   NOT NULL PRIMARY KEY,
	key         TEXT   NOT NULL,
	key_folded  TEXT   NOT NULL,
	name        TEXT   NOT NULL,
	description TEXT   NOT NULL,
	permissions TEXT   NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX roles_key ON roles (key_folded);

CREATE TABLE grants (
	id           TEXT   NOT NULL PRIMARY KEY,
	role_id      TEXT   NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
	holder_kind  TEXT   NOT NULL,
	holder_id    TEXT   NOT NULL,
	organisation TEXT   REFERENCES organisations (id) ON DELETE CASCADE,
	environment  TEXT   NOT NULL,
	created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX grants_holder ON grants (holder_kind, holder_id, role_id, COALESCE(organisation, ''), environment);
CREATE INDEX grants_of_role ON grants (role_id);
CREATE INDEX grants_in_organisation ON grants (organisation);

-- Services and the credentials of clients.

CREATE TABLE services (
	environment  TEXT    NOT NULL,
	id           TEXT    NOT NULL,
	key          TEXT    NOT NULL,
	name         TEXT    NOT NULL,
	name_folded  TEXT    NOT NULL,
	organisation TEXT    REFERENCES organisations (id),
	trusted      BOOLEAN NOT NULL,
	public       BOOLEAN NOT NULL,
	disabled     BOOLEAN NOT NULL,
	settings     TEXT    NOT NULL,
	created_at   BIGINT  NOT NULL,
	updated_at   BIGINT  NOT NULL,
	PRIMARY KEY (environment, id)
);
CREATE UNIQUE INDEX services_environment_name ON services (environment, name_folded);
CREATE INDEX services_of_organisation ON services (organisation);

-- Id, key and name of all services of an environment are one namespace.
CREATE TABLE service_names (
	environment TEXT NOT NULL,
	name        TEXT NOT NULL,
	service_id  TEXT NOT NULL,
	FOREIGN KEY (environment, service_id) REFERENCES services (environment, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX service_names_environment_name ON service_names (environment, name);
CREATE INDEX service_names_of_service ON service_names (environment, service_id);

-- Where the pages of services come from: scheme, host and port of their home, base and redirect URLs.
CREATE TABLE service_origins (
	environment TEXT NOT NULL,
	origin      TEXT NOT NULL,
	service_id  TEXT NOT NULL,
	PRIMARY KEY (environment, origin, service_id),
	FOREIGN KEY (environment, service_id) REFERENCES services (environment, id) ON DELETE CASCADE
);
CREATE INDEX service_origins_of_service ON service_origins (environment, service_id);

CREATE TABLE api_clients (
	environment  TEXT    NOT NULL,
	id           TEXT    NOT NULL,
	user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	author_id    TEXT    NOT NULL,
	label        TEXT    NOT NULL,
	limited      BOOLEAN NOT NULL,
	disabled     BOOLEAN NOT NULL,
	created_at   BIGINT  NOT NULL,
	last_used_at BIGINT  NOT NULL,
	PRIMARY KEY (environment, id)
);
CREATE INDEX api_clients_of_user ON api_clients (user_id);

-- The owner is a service or an API client; whatever deletes one deletes its secrets.
CREATE TABLE client_secrets (
	id           TEXT    NOT NULL PRIMARY KEY,
	environment  TEXT    NOT NULL,
	owner_id     TEXT    NOT NULL,
	digest       BYTEA   NOT NULL,
	hint         TEXT    NOT NULL,
	suspended    BOOLEAN NOT NULL,
	created_at   BIGINT  NOT NULL,
	expires_at   BIGINT  NOT NULL,
	last_used_at BIGINT  NOT NULL
);
CREATE INDEX client_secrets_of_owner ON client_secrets (environment, owner_id);

CREATE TABLE apps (
	environment      TEXT    NOT NULL,
	id               TEXT    NOT NULL,
	user_id          TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	label            TEXT    NOT NULL,
	sealed_key       BYTEA   NOT NULL,
	digest           BYTEA   NOT NULL,
	previous_digest  BYTEA,
	previous_ends_at BIGINT  NOT NULL,
	disabled         BOOLEAN NOT NULL,
	suspended        BOOLEAN NOT NULL,
	created_at       BIGINT  NOT NULL,
	last_used_at     BIGINT  NOT NULL,
	PRIMARY KEY (environment, id)
);
CREATE INDEX apps_of_user ON apps (user_id);

CREATE TABLE allowed_addresses (
	id          TEXT   NOT NULL PRIMARY KEY,
	environment TEXT   NOT NULL,
	app_id      TEXT   NOT NULL,
	prefix      TEXT   NOT NULL,
	note        TEXT   NOT NULL,
	created_at  BIGINT NOT NULL,
	FOREIGN KEY (environment, app_id) REFERENCES apps (environment, id) ON DELETE CASCADE
);
CREATE INDEX allowed_addresses_of_app ON allowed_addresses (environment, app_id);

CREATE TABLE permanent_tokens (
	id             TEXT    NOT NULL PRIMARY KEY,
	environment    TEXT    NOT NULL,
	user_id        TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	author_id      TEXT    NOT NULL,
	author_name    TEXT    NOT NULL,
	name           TEXT    NOT NULL,
	scope          TEXT    NOT NULL,
	services       TEXT    NOT NULL,
	cap            TEXT    NOT NULL,
	permissions    TEXT    NOT NULL,
	read_only      BOOLEAN NOT NULL,
	allowlist      TEXT    NOT NULL,
	digest         BYTEA   NOT NULL,
	hint           TEXT    NOT NULL,
	suspended      BOOLEAN NOT NULL,
	created_at     BIGINT  NOT NULL,
	expires_at     BIGINT  NOT NULL,
	last_used_at   BIGINT  NOT NULL,
	last_used_from TEXT    NOT NULL
);
CREATE UNIQUE INDEX permanent_tokens_digest ON permanent_tokens (digest);
CREATE INDEX permanent_tokens_of_user ON permanent_tokens (user_id);

CREATE TABLE application_passwords (
	id             TEXT    NOT NULL PRIMARY KEY,
	user_id        TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	author_id      TEXT    NOT NULL,
	name           TEXT    NOT NULL,
	digest         BYTEA   NOT NULL,
	hint           TEXT    NOT NULL,
	suspended      BOOLEAN NOT NULL,
	created_at     BIGINT  NOT NULL,
	last_used_at   BIGINT  NOT NULL,
	last_used_from TEXT    NOT NULL,
	last_agent     TEXT    NOT NULL
);
CREATE UNIQUE INDEX application_passwords_user_id_digest ON application_passwords (user_id, digest);

-- Keys and tokens.

CREATE TABLE signing_keys (
	environment TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	use         TEXT   NOT NULL,
	algorithm   TEXT   NOT NULL,
	sealed      BYTEA  NOT NULL,
	public      BYTEA  NOT NULL,
	created_at  BIGINT NOT NULL,
	active_at   BIGINT NOT NULL,
	remove_at   BIGINT NOT NULL,
	PRIMARY KEY (environment, id)
);

CREATE TABLE revoked_tokens (
	environment TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	expires_at  BIGINT NOT NULL,
	PRIMARY KEY (environment, id)
);
CREATE INDEX revoked_tokens_by_end ON revoked_tokens (expires_at);

CREATE TABLE opaque_tokens (
	digest      BYTEA  NOT NULL PRIMARY KEY,
	environment TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	client_id   TEXT   NOT NULL,
	subject     TEXT   NOT NULL,
	claims      BYTEA  NOT NULL,
	expires_at  BIGINT NOT NULL
);
CREATE INDEX opaque_tokens_by_end ON opaque_tokens (expires_at);

CREATE TABLE used_assertions (
	environment TEXT   NOT NULL,
	client_id   TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	expires_at  BIGINT NOT NULL,
	PRIMARY KEY (environment, client_id, id)
);
CREATE INDEX used_assertions_by_end ON used_assertions (expires_at);

-- What happened.

CREATE TABLE events (
	id          TEXT   NOT NULL PRIMARY KEY,
	at          BIGINT NOT NULL,
	environment TEXT   NOT NULL,
	author_id   TEXT   NOT NULL,
	author_name TEXT   NOT NULL,
	action      TEXT   NOT NULL,
	target_type TEXT   NOT NULL,
	target_id   TEXT   NOT NULL,
	target_name TEXT   NOT NULL,
	door        TEXT   NOT NULL,
	address     TEXT   NOT NULL,
	credential  TEXT   NOT NULL,
	result      TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	error_id    TEXT   NOT NULL,
	details     TEXT   NOT NULL,
	position    BIGINT,
	previous    BYTEA,
	hash        BYTEA
);
CREATE UNIQUE INDEX events_position ON events (position);
CREATE INDEX events_unchained ON events (id) WHERE position IS NULL;
CREATE INDEX events_by_time ON events (at, id);
CREATE INDEX events_by_author ON events (author_id, at, id);
CREATE INDEX events_by_target ON events (target_id, at, id);
CREATE INDEX events_by_error ON events (error_id) WHERE error_id <> '';

-- The end of the chain of events: one row, which whoever lengthens the chain locks.
CREATE TABLE event_chain (
	id       INTEGER NOT NULL PRIMARY KEY,
	position BIGINT  NOT NULL,
	hash     BYTEA   NOT NULL
);
INSERT INTO event_chain (id, position, hash) VALUES (1, 0, '');

CREATE TABLE refusals (
	error_id    TEXT   NOT NULL PRIMARY KEY,
	at          BIGINT NOT NULL,
	environment TEXT   NOT NULL,
	door        TEXT   NOT NULL,
	client_id   TEXT   NOT NULL,
	user_id     TEXT   NOT NULL,
	address     TEXT   NOT NULL,
	code        TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	expected    TEXT   NOT NULL,
	received    TEXT   NOT NULL,
	setting     TEXT   NOT NULL,
	count       BIGINT NOT NULL
);
CREATE INDEX refusals_by_time ON refusals (at, error_id);
CREATE INDEX refusals_by_client ON refusals (client_id, at);
