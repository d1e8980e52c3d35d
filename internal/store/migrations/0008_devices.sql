-- Devices that wait for a person to allow them something. What was allowed is a family, whose code is the device code.
CREATE TABLE device_grants (
	digest      BYTEA   NOT NULL PRIMARY KEY,
	environment TEXT    NOT NULL,
	client_id   TEXT    NOT NULL,
	user_code   BYTEA   NOT NULL,
	scope       TEXT    NOT NULL,
	offline     BOOLEAN NOT NULL,
	polled_at   BIGINT  NOT NULL,
	decided_at  BIGINT  NOT NULL,
	allowed     BOOLEAN NOT NULL,
	ends_at     BIGINT  NOT NULL,
	FOREIGN KEY (environment, client_id) REFERENCES services (environment, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX device_grants_environment_user_code ON device_grants (environment, user_code);
CREATE INDEX device_grants_of_client ON device_grants (environment, client_id, ends_at);
CREATE INDEX device_grants_by_end ON device_grants (ends_at);
