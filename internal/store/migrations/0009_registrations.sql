-- Services that registered themselves, with what they manage their registration with. by_id is the user or service that let
-- them, empty for strangers.
CREATE TABLE registrations (
	environment TEXT   NOT NULL,
	client_id   TEXT   NOT NULL,
	digest      BYTEA  NOT NULL,
	document    TEXT   NOT NULL,
	by_id       TEXT   NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (environment, client_id),
	FOREIGN KEY (environment, client_id) REFERENCES services (environment, id) ON DELETE CASCADE
);
CREATE INDEX registrations_by_age ON registrations (environment, by_id, created_at);
