-- To which services somebody signed in with a session.
CREATE TABLE session_services (
	session_id  TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
	environment TEXT   NOT NULL,
	service_id  TEXT   NOT NULL,
	opened_at   BIGINT NOT NULL,
	PRIMARY KEY (session_id, environment, service_id)
);
