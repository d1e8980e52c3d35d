-- What users allowed services so that they are not asked again: items of a scope, services by id.
CREATE TABLE approved_scopes (
	id          TEXT   NOT NULL PRIMARY KEY,
	environment TEXT   NOT NULL,
	client_id   TEXT   NOT NULL,
	user_id     TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	items       TEXT   NOT NULL,
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	FOREIGN KEY (environment, client_id) REFERENCES services (environment, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX approved_scopes_user_id_environment_client_id ON approved_scopes (user_id, environment, client_id);
CREATE INDEX approved_scopes_of_client ON approved_scopes (environment, client_id);

-- Redirect URIs that were tried and are not registered, so that who owns the service sees what to register.
CREATE TABLE tried_redirect_uris (
	environment TEXT   NOT NULL,
	client_id   TEXT   NOT NULL,
	uri         TEXT   NOT NULL,
	tried_from  TEXT   NOT NULL,
	tried_at    BIGINT NOT NULL,
	PRIMARY KEY (environment, client_id, uri),
	FOREIGN KEY (environment, client_id) REFERENCES services (environment, id) ON DELETE CASCADE
);
