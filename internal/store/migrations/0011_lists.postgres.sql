-- What lists are searched, ordered and walked by.

-- Beginnings of names are ranges only where names are compared by their characters, whatever the locale of the database.
ALTER TABLE users ALTER COLUMN login_folded TYPE TEXT COLLATE "C";
ALTER TABLE user_groups ALTER COLUMN name_folded TYPE TEXT COLLATE "C";
ALTER TABLE organisations ALTER COLUMN key_folded TYPE TEXT COLLATE "C";
ALTER TABLE roles ALTER COLUMN key_folded TYPE TEXT COLLATE "C";
ALTER TABLE services ALTER COLUMN name_folded TYPE TEXT COLLATE "C";

ALTER TABLE users ADD COLUMN name_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN email_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX users_by_name ON users (name_folded, id);
CREATE INDEX users_by_email ON users (email_folded, id);
CREATE INDEX users_by_age ON users (created_at, id);
CREATE INDEX users_by_kind ON users (kind, login_folded);
CREATE INDEX users_by_ban ON users (banned, login_folded);
DROP INDEX users_of_organisation;
CREATE INDEX users_of_organisation ON users (organisation, login_folded);

-- What free text finds a user by: login, e-mail address and name in a plain form, and the name from each of its words on.
CREATE TABLE user_words (
	word    TEXT COLLATE "C" NOT NULL,
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	PRIMARY KEY (word, user_id)
);
CREATE INDEX user_words_of_user ON user_words (user_id);

ALTER TABLE organisations ADD COLUMN name_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE roles ADD COLUMN name_folded TEXT COLLATE "C" NOT NULL DEFAULT '';

-- What services are found by, out of their settings.
CREATE TABLE service_traits (
	environment TEXT NOT NULL,
	key         TEXT NOT NULL,
	value       TEXT COLLATE "C" NOT NULL,
	service_id  TEXT NOT NULL,
	PRIMARY KEY (environment, key, value, service_id),
	FOREIGN KEY (environment, service_id) REFERENCES services (environment, id) ON DELETE CASCADE
);
CREATE INDEX service_traits_of_service ON service_traits (environment, service_id);

CREATE INDEX api_clients_by_age ON api_clients (environment, created_at, id);
CREATE INDEX permanent_tokens_by_age ON permanent_tokens (created_at, id);

CREATE INDEX events_by_action ON events (action, at, id);
CREATE INDEX events_by_kind ON events (target_type, at, id);
CREATE INDEX events_by_credential ON events (credential, at, id);
CREATE INDEX events_by_door ON events (door, at, id);
CREATE INDEX events_by_result ON events (result, at, id);

-- How many of something there are is the sum of n. Each change adds a row of its own, so that changes do not wait for each
-- other; now and then they are added up.
CREATE TABLE tallies (
	id   TEXT   NOT NULL PRIMARY KEY,
	what TEXT   NOT NULL,
	n    BIGINT NOT NULL
);
CREATE INDEX tallies_of_what ON tallies (what, n);
INSERT INTO tallies (id, what, n) SELECT 'users', 'users', count(*) FROM users;
INSERT INTO tallies (id, what, n) SELECT 'groups', 'groups', count(*) FROM user_groups;
INSERT INTO tallies (id, what, n) SELECT 'organisations', 'organisations', count(*) FROM organisations;
INSERT INTO tallies (id, what, n) SELECT 'roles', 'roles', count(*) FROM roles;
INSERT INTO tallies (id, what, n) SELECT 'services/' || environment, 'services/' || environment, count(*) FROM services GROUP BY environment;
INSERT INTO tallies (id, what, n) SELECT 'api-clients/' || environment, 'api-clients/' || environment, count(*) FROM api_clients GROUP BY environment;
